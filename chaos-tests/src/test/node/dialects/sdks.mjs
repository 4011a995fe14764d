// The official SDKs of OpenAI, Anthropic, Google and Ollama for Node.
import assert from 'node:assert/strict'
import { expectFailure, PICTURE, SCENARIO } from './scenario.mjs'

const { key, said, city, weather, question, description, schema, picture } = SCENARIO
const FUNCTION = { name: 'get_weather', description, parameters: schema }

const all = async stream => {
  const found = []
  for await (const one of stream) found.push(one)
  return found
}

export async function openai(url) {
  const { default: OpenAI } = await import('openai')
  const sdk = new OpenAI({ baseURL: `${url}/v1`, apiKey: key, maxRetries: 0 })
  const tools = [{ type: 'function', function: FUNCTION }]
  return model => {
    const ask = (messages, more = {}) => sdk.chat.completions.create({ model, messages, ...more })
    return {
      async chat() {
        const answer = await ask([{ role: 'system', content: 'Be short.' }, { role: 'user', content: 'Say hello.' }])
        assert.equal(answer.choices[0].message.content, said)
        assert.equal(answer.choices[0].finish_reason, 'stop')
        assert.deepEqual([answer.usage.prompt_tokens, answer.usage.completion_tokens], [20, 7])
      },
      async stream() {
        const stream = sdk.chat.completions.stream({ model, messages: [{ role: 'user', content: 'Say hello.' }], stream_options: { include_usage: true } })
        const final = await stream.finalChatCompletion()
        assert.equal(final.choices[0].message.content, said)
        assert.equal((await stream.totalUsage()).total_tokens, 27)
      },
      async tools_over_two_turns() {
        const messages = [{ role: 'user', content: question }]
        const { message } = (await ask(messages, { tools })).choices[0]
        const [call] = message.tool_calls
        assert.deepEqual(JSON.parse(call.function.arguments), city)
        messages.push(message, { role: 'tool', tool_call_id: call.id, content: 'sunny' })
        assert.equal((await ask(messages, { tools })).choices[0].message.content, weather)
      },
      async structured_output() {
        const response_format = { type: 'json_schema', json_schema: { name: 'city', schema, strict: true } }
        const answer = await sdk.chat.completions.parse({ model, messages: [{ role: 'user', content: 'Which city?' }], response_format })
        assert.deepEqual(JSON.parse(answer.choices[0].message.content), city)
      },
      async image() {
        const parts = [{ type: 'text', text: 'What is in the picture?' }, { type: 'image_url', image_url: { url: `data:image/png;base64,${picture}` } }]
        assert.equal((await ask([{ role: 'user', content: parts }])).choices[0].message.content, said)
      },
      error: () => expectFailure(e => e instanceof OpenAI.RateLimitError, () => ask([{ role: 'user', content: 'please fail' }])),
    }
  }
}

export async function responses(url) {
  const { default: OpenAI } = await import('openai')
  const sdk = new OpenAI({ baseURL: `${url}/v1`, apiKey: key, maxRetries: 0 })
  const tools = [{ type: 'function', ...FUNCTION, strict: false }]
  return model => {
    const ask = (input, more = {}) => sdk.responses.create({ model, input, ...more })
    return {
      async chat() {
        const answer = await ask('Say hello.', { instructions: 'Be short.' })
        assert.equal(answer.output_text, said)
        assert.equal(answer.status, 'completed')
        assert.deepEqual([answer.usage.input_tokens, answer.usage.output_tokens], [20, 7])
      },
      async stream() {
        const final = await sdk.responses.stream({ model, input: 'Say hello.' }).finalResponse()
        assert.equal(final.output.at(-1).content[0].text, said)
        assert.equal(final.usage.total_tokens, 27)
      },
      async tools_over_two_turns() {
        const input = [{ role: 'user', content: question }]
        const answer = await ask(input, { tools, include: ['reasoning.encrypted_content'] })
        const call = answer.output.find(item => item.type === 'function_call')
        assert.deepEqual(JSON.parse(call.arguments), city)
        input.push(...answer.output, { type: 'function_call_output', call_id: call.call_id, output: 'sunny' })
        assert.equal((await ask(input, { tools })).output_text, weather)
      },
      async structured_output() {
        const text = { format: { type: 'json_schema', name: 'city', schema, strict: true } }
        const answer = await sdk.responses.parse({ model, input: 'Which city?', text })
        assert.deepEqual(JSON.parse(answer.output_text), city)
      },
      async image() {
        const content = [{ type: 'input_text', text: 'What is in the picture?' },
          { type: 'input_image', image_url: `data:image/png;base64,${picture}`, detail: 'auto' }]
        assert.equal((await ask([{ role: 'user', content }])).output_text, said)
      },
      error: () => expectFailure(e => e instanceof OpenAI.RateLimitError, () => ask('please fail')),
    }
  }
}

export async function anthropic(url) {
  const { default: Anthropic } = await import('@anthropic-ai/sdk')
  const sdk = new Anthropic({ baseURL: url, apiKey: key, maxRetries: 0 })
  const tools = [{ name: 'get_weather', description, input_schema: schema }]
  return model => {
    const ask = (messages, more = {}) => sdk.messages.create({ model, max_tokens: 100, messages, ...more })
    return {
      async chat() {
        const answer = await ask([{ role: 'user', content: 'Say hello.' }], { system: 'Be short.' })
        assert.equal(answer.content[0].text, said)
        assert.equal(answer.stop_reason, 'end_turn')
        const { input_tokens, cache_read_input_tokens, output_tokens } = answer.usage
        assert.deepEqual([input_tokens + (cache_read_input_tokens ?? 0), output_tokens], [20, 7])
      },
      async stream() {
        const final = await sdk.messages.stream({ model, max_tokens: 100, messages: [{ role: 'user', content: 'Say hello.' }] }).finalMessage()
        assert.equal(final.content[0].text, said)
        assert.deepEqual([final.usage.output_tokens, final.stop_reason], [7, 'end_turn'])
      },
      async tools_over_two_turns() {
        const messages = [{ role: 'user', content: question }]
        const answer = await ask(messages, { tools })
        const call = answer.content.find(block => block.type === 'tool_use')
        assert.deepEqual(call.input, city)
        messages.push({ role: 'assistant', content: answer.content },
          { role: 'user', content: [{ type: 'tool_result', tool_use_id: call.id, content: 'sunny' }] })
        assert.equal((await ask(messages, { tools })).content[0].text, weather)
      },
      async structured_output() {
        const answer = await ask([{ role: 'user', content: 'Which city?' }], { output_config: { format: { type: 'json_schema', schema } } })
        assert.deepEqual(JSON.parse(answer.content[0].text), city)
      },
      async image() {
        const content = [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: picture } }, { type: 'text', text: 'What is in the picture?' }]
        assert.equal((await ask([{ role: 'user', content }])).content[0].text, said)
      },
      error: () => expectFailure(e => e instanceof Anthropic.RateLimitError, () => ask([{ role: 'user', content: 'please fail' }])),
    }
  }
}

export async function gemini(url) {
  const { GoogleGenAI, ApiError } = await import('@google/genai')
  const sdk = new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl: url } })
  const tools = [{ functionDeclarations: [{ name: 'get_weather', description, parametersJsonSchema: schema }] }]
  return model => {
    const ask = (contents, config = {}) => sdk.models.generateContent({ model, contents, config: { maxOutputTokens: 100, ...config } })
    return {
      async chat() {
        const answer = await ask('Say hello.', { systemInstruction: 'Be short.' })
        assert.equal(answer.text, said)
        assert.deepEqual([answer.usageMetadata.promptTokenCount, answer.usageMetadata.totalTokenCount], [20, 27])
      },
      async stream() {
        const chunks = await all(await sdk.models.generateContentStream({ model, contents: 'Say hello.' }))
        assert.equal(chunks.map(chunk => chunk.text ?? '').join(''), said)
        assert.equal(chunks.at(-1).usageMetadata.totalTokenCount, 27)
      },
      async tools_over_two_turns() {
        const contents = [{ role: 'user', parts: [{ text: question }] }]
        const answer = await ask(contents, { tools })
        const [call] = answer.functionCalls
        assert.deepEqual(call.args, city)
        const functionResponse = { id: call.id, name: call.name, response: { result: 'sunny' } }
        contents.push(answer.candidates[0].content, { role: 'user', parts: [{ functionResponse }] })
        assert.equal((await ask(contents, { tools })).text, weather)
      },
      async structured_output() {
        const answer = await ask('Which city?', { responseMimeType: 'application/json', responseJsonSchema: schema })
        assert.deepEqual(JSON.parse(answer.text), city)
      },
      async image() {
        const parts = [{ inlineData: { mimeType: 'image/png', data: picture } }, { text: 'What is in the picture?' }]
        assert.equal((await ask([{ role: 'user', parts }])).text, said)
      },
      error: () => expectFailure(e => e instanceof ApiError && e.status === 429, () => ask('please fail')),
    }
  }
}

export async function ollama(url) {
  const { Ollama } = await import('ollama')
  const sdk = new Ollama({ host: url, headers: { Authorization: `Bearer ${key}` } })
  const tools = [{ type: 'function', function: FUNCTION }]
  return model => {
    const ask = (messages, more = {}) => sdk.chat({ model, messages, ...more })
    return {
      async chat() {
        const answer = await ask([{ role: 'system', content: 'Be short.' }, { role: 'user', content: 'Say hello.' }])
        assert.equal(answer.message.content, said)
        assert.deepEqual([answer.done_reason, answer.prompt_eval_count, answer.eval_count], ['stop', 20, 7])
      },
      async stream() {
        const chunks = await all(await ask([{ role: 'user', content: 'Say hello.' }], { stream: true }))
        assert.equal(chunks.map(chunk => chunk.message.content ?? '').join(''), said)
        assert.deepEqual([chunks.at(-1).done, chunks.at(-1).eval_count], [true, 7])
      },
      async tools_over_two_turns() {
        // Ollama's API has no place for the signature of a thought.
        const messages = [{ role: 'user', content: `${question} (without thoughts)` }]
        const { message } = await ask(messages, { tools })
        const [call] = message.tool_calls
        assert.deepEqual(call.function.arguments, city)
        messages.push(message, { role: 'tool', tool_name: call.function.name, content: 'sunny' })
        assert.equal((await ask(messages, { tools })).message.content, weather)
      },
      async structured_output() {
        const answer = await ask([{ role: 'user', content: 'Which city?' }], { format: schema })
        assert.deepEqual(JSON.parse(answer.message.content), city)
      },
      async image() {
        const answer = await ask([{ role: 'user', content: 'What is in the picture?', images: [PICTURE] }])
        assert.equal(answer.message.content, said)
      },
      error: () => expectFailure(e => e.status_code === 429, () => ask([{ role: 'user', content: 'please fail' }])),
    }
  }
}
