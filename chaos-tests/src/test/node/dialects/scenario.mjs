// What all callers ask and expect: ../../python/dialects/scenario.json. And how a cell of the table is told.
import assert from 'node:assert/strict'
import { readFileSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

// Node was told to keep links as they are: the packages lie beside a link to this folder.
const here = dirname(realpathSync(fileURLToPath(import.meta.url)))

export const SCENARIO = JSON.parse(readFileSync(join(here, '../../python/dialects/scenario.json'), 'utf8'))
export const PICTURE = Buffer.from(SCENARIO.picture, 'base64')

/** The failure of a call that must fail as `kind` says, with the provider's words and without the caller's key. */
export async function expectFailure(kind, action) {
  let answer
  try {
    answer = await action()
  } catch (failure) {
    assert.ok(kind(failure), failure)
    assert.match(String(failure.message ?? failure), /slow down/)
    assert.ok(!String(failure.message).includes(SCENARIO.key), 'the key is in the message')
    return failure
  }
  throw new Error(`answered: ${JSON.stringify(answer)}`)
}

/** Runs every case of a caller against every model, and prints a line a cell. */
export async function cells(name, make, outs) {
  for (const out of outs) {
    for (const kase of SCENARIO.cases) {
      try {
        await make(`far-${out}`)[kase]()
        console.log(['cell', name, out, kase, 'passed', ''].join('\t'))
      } catch (failure) {
        const why = `${failure?.stack ?? failure}`.slice(0, 2000) + (failure?.cause ? ` because ${failure.cause}` : '') + (failure?.responseBody ?? '')
        console.log(['cell', name, out, kase, 'failed', why.replace(/\s+/g, ' ')].join('\t'))
      }
    }
  }
}
