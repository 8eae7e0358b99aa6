"""Importing an existing table of households: read, understand, dry run, commit. No web in here.

`read_table` opens the file, `find_header` and `understand` say what its columns and rows mean,
`plan_rows` says what each row would do to the register, and `jobs` keeps all that between the dry
run and the commit.
"""
