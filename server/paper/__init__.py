"""What is printed on A4: blocks of a document, and the PDF that is made of them."""
