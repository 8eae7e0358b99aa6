// PouchDB and express-pouchdb, driven as their documentation says. Two roles:
//   node pouchdb.mjs serve <folder>              prints the port it listens on
//   node pouchdb.mjs drive <url> <folder> <docs> prints what each step took, as JSON, in seconds
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';

const require = createRequire(path.join(process.cwd(), 'package.json'));
const PouchDB = require('pouchdb');
const [role, ...given] = process.argv.slice(2);
const EMPTY_SYNCS = 20;

async function timed(work) {
  const before = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - before) / 1e9;
}

function serve(folder) {
  const express = require('express');
  const Served = PouchDB.defaults({ prefix: `${folder}/` });
  const app = express();
  app.use('/', require('express-pouchdb')(Served, { mode: 'minimumForPouchDB', inMemoryConfig: true }));
  const listening = app.listen(0, '127.0.0.1', () => console.log(listening.address().port));
}

async function drive(url, folder, docsFile) {
  const docs = JSON.parse(readFileSync(docsFile, 'utf8'));
  const remote = new PouchDB(`${url}/households`);
  await remote.info();
  const Local = PouchDB.defaults({ prefix: `${folder}/` });
  const writer = new Local('writer');
  const reader = new Local('reader');
  await writer.bulkDocs(docs);
  const options = { batch_size: 1000 };
  const took = {};
  took.push = await timed(() => writer.replicate.to(remote, options));
  took.pull = await timed(() => reader.replicate.from(remote, options));
  const { rows } = await writer.allDocs({ include_docs: true, limit: 1000 });
  await writer.bulkDocs(rows.map(({ doc }, n) => ({ ...doc, phone: `137${n}` })));
  took.push_edits = await timed(() => writer.replicate.to(remote, options));
  took.pull_edits = await timed(() => reader.replicate.from(remote, options));
  const nothing = await timed(async () => {
    for (let n = 0; n < EMPTY_SYNCS; n += 1) await reader.replicate.from(remote, options);
  });
  took.nothing = nothing / EMPTY_SYNCS;
  took.received = (await reader.info()).doc_count;
  console.log(JSON.stringify(took));
}

if (role === 'serve') serve(...given);
else await drive(...given);
