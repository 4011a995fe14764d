// Where SDKs of others call the providers that are presets here, each by its own standard URL and with a key. Nothing is sent: `fetch`
// is one of this script. Prints a line of JSON for each: preset, by (package@version), method, url, auth (names of the header
// fields that carry the key), form (what stands there, KEY in place of the key), answered (whether the SDK took the answer).
import { readFileSync } from 'node:fs'
import { embed, generateText } from 'ai'
import { createAlibaba } from '@ai-sdk/alibaba'
import { createBaseten } from '@ai-sdk/baseten'
import { createCerebras } from '@ai-sdk/cerebras'
import { createDeepInfra } from '@ai-sdk/deepinfra'
import { createDeepSeek } from '@ai-sdk/deepseek'
import { createFireworks } from '@ai-sdk/fireworks'
import { createGroq } from '@ai-sdk/groq'
import { createMistral } from '@ai-sdk/mistral'
import { createMoonshotAI } from '@ai-sdk/moonshotai'
import { createPerplexity } from '@ai-sdk/perplexity'
import { createTogetherAI } from '@ai-sdk/togetherai'
import { createXai } from '@ai-sdk/xai'
import { InferenceClient } from '@huggingface/inference'
import { createOpenRouter } from '@openrouter/ai-sdk-provider'
import { SambaNova } from 'sambanova'
import { createVoyage } from 'voyage-ai-provider'
import { createZhipu } from 'zhipu-ai-provider'

const KEY = 'sk-canary-0123456789'
const MODEL = 'some/model'
const ANSWER = 'pong'
const COMPLETION = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: MODEL,
  choices: [{ index: 0, message: { role: 'assistant', content: ANSWER }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 3, completion_tokens: 1, total_tokens: 4 },
}
const EMBEDDINGS = { object: 'list', model: MODEL, data: [{ object: 'embedding', index: 0, embedding: [0.5, 0.25] }], usage: { total_tokens: 1 } }

/** A chat by a provider for Vercel's AI SDK. */
const vercel = (make, ofModel = provider => provider(MODEL)) => async fetch => {
  const { text } = await generateText({ model: ofModel(make({ apiKey: KEY, fetch })), prompt: 'ping', maxRetries: 0 })
  return text === ANSWER
}

/** A chat by Hugging Face's client: by its router, or at a provider itself with a key of that provider's. */
const huggingFace = (provider, key = KEY) => async fetch => {
  const request = { model: MODEL, provider, messages: [{ role: 'user', content: 'ping' }] }
  const answer = await new InferenceClient(key, { fetch, retry_on_error: false }).chatCompletion(request)
  return answer.choices[0].message.content === ANSWER
}

async function sambaNova(fetch) {
  const client = new SambaNova({ apiKey: KEY, fetch, maxRetries: 0 })
  const answer = await client.chat.completions.create({ model: MODEL, messages: [{ role: 'user', content: 'ping' }] })
  return answer.choices[0].message.content === ANSWER
}

async function voyage(fetch) {
  const model = createVoyage({ apiKey: KEY, fetch }).textEmbeddingModel(MODEL)
  return (await embed({ model, value: 'ping', maxRetries: 0 })).embedding.length === 2
}

/** Name of a preset, the package, and a call with it. */
const CALLS = [
  ['alibaba', '@ai-sdk/alibaba', vercel(createAlibaba)],
  ['baseten', '@ai-sdk/baseten', vercel(createBaseten)],
  ['cerebras', '@ai-sdk/cerebras', vercel(createCerebras)],
  ['deepinfra', '@ai-sdk/deepinfra', vercel(createDeepInfra)],
  ['deepseek', '@ai-sdk/deepseek', vercel(createDeepSeek)],
  ['featherless', '@huggingface/inference', huggingFace('featherless-ai')],
  ['fireworks', '@ai-sdk/fireworks', vercel(createFireworks)],
  ['groq', '@ai-sdk/groq', vercel(createGroq)],
  ['huggingface', '@huggingface/inference', huggingFace('auto', `hf_${KEY}`)],
  ['mistral', '@ai-sdk/mistral', vercel(createMistral)],
  ['moonshot', '@ai-sdk/moonshotai', vercel(createMoonshotAI)],
  ['novita', '@huggingface/inference', huggingFace('novita')],
  ['openrouter', '@openrouter/ai-sdk-provider', vercel(createOpenRouter)],
  ['perplexity', '@ai-sdk/perplexity', vercel(createPerplexity)],
  ['sambanova', 'sambanova', sambaNova],
  ['scaleway', '@huggingface/inference', huggingFace('scaleway')],
  ['together', '@ai-sdk/togetherai', vercel(createTogetherAI)],
  ['voyage', 'voyage-ai-provider', voyage],
  ['xai', '@ai-sdk/xai', vercel(createXai, provider => provider.chat(MODEL))],
  ['zai', '@huggingface/inference', huggingFace('zai-org')],
  ['zhipu', 'zhipu-ai-provider', vercel(createZhipu)],
]

/** Answers as a provider would, and notes each request that carries the key. */
const noting = requests => async (input, init = {}) => {
  const request = new Request(input, init)
  if (request.url.startsWith('https://huggingface.co/api/models/')) {
    return Response.json({ inferenceProviderMapping: live('featherless-ai', 'novita', 'scaleway', 'zai-org') })
  }
  requests.push(request)
  return Response.json(request.url.endsWith('/embeddings') ? EMBEDDINGS : COMPLETION)
}

/** What Hugging Face's hub says of a model: who has it. */
const live = (...providers) =>
  Object.fromEntries(providers.map(name => [name, { providerId: MODEL, status: 'live', task: 'conversational' }]))

const version = name => JSON.parse(readFileSync(new URL(`../../node_modules/${name}/package.json`, import.meta.url), 'utf8')).version

/** What is set for other programs of this machine is not the standard. */
Object.keys(process.env).filter(name => /_(BASE_URL|ENDPOINT)$/.test(name)).forEach(name => delete process.env[name])
globalThis.AI_SDK_LOG_WARNINGS = false
globalThis.fetch = () => Promise.reject(new Error('an SDK did not take the fetch that it was given'))

for (const [preset, name, call] of CALLS) {
  const requests = []
  let answered = false
  try {
    answered = await call(noting(requests))
  } catch (failure) {
    console.error(`${preset}: ${failure.stack}`)
  }
  const by = `${name}@${version(name)}`
  for (const { method, url, headers } of requests) {
    const auth = [...headers].filter(([, value]) => value.includes(KEY))
    const form = auth.map(([, value]) => value.replace(KEY, 'KEY').replace('hf_KEY', 'KEY'))
    console.log(JSON.stringify({ preset, by, method, url, auth: auth.map(([field]) => field), form, answered }))
  }
}
