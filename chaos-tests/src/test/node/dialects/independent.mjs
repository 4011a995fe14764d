// Providers that others made: aimock, with the answers of ../../python/dialects/providers.py. Prints its port, then serves until
// its standard input ends. What passes with these as with ours does not rest on how we read a provider's API.
import { LLMock } from '@copilotkit/aimock'
import { SCENARIO } from './scenario.mjs'

const { said, city, weather } = SCENARIO

// Under the names of every dialect; each takes its own.
const usage = { prompt_tokens: 20, completion_tokens: 7, total_tokens: 27, input_tokens: 20, output_tokens: 7,
  promptTokenCount: 20, candidatesTokenCount: 7, totalTokenCount: 27 }

const text = message => typeof message.content === 'string' ? message.content
  : (message.content ?? []).map(part => part.text ?? '').join(' ')
const asked = words => request => request.messages.some(message => message.role === 'user' && text(message).includes(words))
const result = request => request.messages.some(message => message.role === 'tool')
const called = name => ({ toolCalls: [{ name, arguments: JSON.stringify(city), id: 'call_1' }], usage })

const mock = new LLMock({ port: 0, strict: true, chunkSize: 10 })
mock.on({ predicate: asked('please fail') }, { error: { message: 'slow down', type: 'rate_limit_error', code: 'rate_limit_exceeded' }, status: 429 })
mock.on({ predicate: request => asked('weather')(request) && !result(request) }, called('get_weather'))
mock.on({ predicate: request => asked('weather')(request) && result(request) }, { content: weather, usage })
for (const name of ['sluice_answer', 'city', 'json', 'answer']) {
  mock.on({ predicate: request => asked('Which city?')(request) && request.tools?.some(tool => tool.function.name === name) }, called(name))
}
mock.on({ predicate: asked('Which city?') }, { content: JSON.stringify(city), usage })
mock.on({ predicate: asked('') }, { content: said, usage })
await mock.start()
console.log(new URL(mock.url).port)
process.stdin.on('end', () => mock.stop().then(() => process.exit())).resume()
