// One caller against a gateway in front of ../../python/dialects/providers.py, on every model.
// Usage: callers.mjs CALLER BASE_URL OUT... Prints a line a cell: cell, caller, out, case, passed or failed, why; split by tabs.
import { cells } from './scenario.mjs'

const CALLERS = {
  'node openai': ['./sdks.mjs', 'openai'],
  'node responses': ['./sdks.mjs', 'responses'],
  'node anthropic': ['./sdks.mjs', 'anthropic'],
  'node gemini': ['./sdks.mjs', 'gemini'],
  'node ollama': ['./sdks.mjs', 'ollama'],
  'vercel openai': ['./vercel.mjs', 'openai'],
  'vercel openai store:false': ['./vercel.mjs', 'unstored'],
  'vercel openai.chat': ['./vercel.mjs', 'chat'],
  'vercel compatible': ['./vercel.mjs', 'compatible'],
  'vercel anthropic': ['./vercel.mjs', 'anthropic'],
  'vercel google': ['./vercel.mjs', 'google'],
}

const [name, url, ...outs] = process.argv.slice(2)
const [file, make] = CALLERS[name]
await cells(name, await (await import(file))[make](url), outs)
