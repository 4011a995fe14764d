// Vercel's AI SDK with each of its own providers: the SDK runs the tool's loop itself.
import assert from 'node:assert/strict'
import { APICallError, generateText, jsonSchema, Output, stepCountIs, streamText, tool } from 'ai'
import { expectFailure, PICTURE, SCENARIO } from './scenario.mjs'

const { key, said, city, weather, question, description, schema } = SCENARIO

/** A caller for each model of a provider. `ofModel` makes the SDK's model of a name. */
const caller = (ofModel, more = {}) => name => {
  const model = ofModel(name)
  const common = { model, maxRetries: 0, maxOutputTokens: 100, ...more }
  return {
    async chat() {
      const answer = await generateText({ ...common, system: 'Be short.', prompt: 'Say hello.' })
      assert.equal(answer.text, said)
      assert.equal(answer.finishReason, 'stop')
      assert.deepEqual([answer.usage.inputTokens, answer.usage.outputTokens], [20, 7])
    },
    async stream() {
      const failures = []
      const stream = streamText({ ...common, prompt: 'Say hello.', onError: ({ error }) => failures.push(error) })
      let text = ''
      for await (const piece of stream.textStream) text += piece
      assert.deepEqual(failures, [])
      assert.equal(text, said)
      assert.equal((await stream.usage).outputTokens, 7)
    },
    async tools_over_two_turns() {
      const asked = []
      const get_weather = tool({ description, inputSchema: jsonSchema(schema), execute: async input => (asked.push(input), 'sunny') })
      const failures = []
      const stream = streamText({ ...common, tools: { get_weather }, prompt: question, stopWhen: stepCountIs(2), onError: ({ error }) => failures.push(error) })
      await stream.consumeStream()
      if (failures.length > 0) throw failures[0]
      assert.deepEqual(asked, [city])
      assert.equal(await stream.text, weather)
    },
    async structured_output() {
      const output = Output.object({ name: 'city', schema: jsonSchema(schema) })
      assert.deepEqual((await generateText({ ...common, output, prompt: 'Which city?' })).output, city)
    },
    async image() {
      const content = [{ type: 'text', text: 'What is in the picture?' }, { type: 'image', image: PICTURE }]
      assert.equal((await generateText({ ...common, messages: [{ role: 'user', content }] })).text, said)
    },
    error: () => expectFailure(e => APICallError.isInstance(e) && e.statusCode === 429, () => generateText({ ...common, prompt: 'please fail' })),
  }
}

export async function openai(url) {
  const { createOpenAI } = await import('@ai-sdk/openai')
  const provider = createOpenAI({ baseURL: `${url}/v1`, apiKey: key })
  return caller(name => provider(name))
}

/** As one asks who does not want OpenAI to keep anything: items come and go whole. */
export async function unstored(url) {
  const { createOpenAI } = await import('@ai-sdk/openai')
  const provider = createOpenAI({ baseURL: `${url}/v1`, apiKey: key })
  const openai = { store: false, include: ['reasoning.encrypted_content'], forceReasoning: true }
  return caller(name => provider(name), { providerOptions: { openai } })
}

export async function chat(url) {
  const { createOpenAI } = await import('@ai-sdk/openai')
  const provider = createOpenAI({ baseURL: `${url}/v1`, apiKey: key })
  return caller(name => provider.chat(name))
}

export async function compatible(url) {
  const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible')
  const provider = createOpenAICompatible({ name: 'sluice', baseURL: `${url}/v1`, apiKey: key, includeUsage: true, supportsStructuredOutputs: true })
  return caller(name => provider(name))
}

export async function anthropic(url) {
  const { createAnthropic } = await import('@ai-sdk/anthropic')
  const provider = createAnthropic({ baseURL: `${url}/v1`, apiKey: key })
  return caller(name => provider(name))
}

export async function google(url) {
  const { createGoogleGenerativeAI } = await import('@ai-sdk/google')
  const provider = createGoogleGenerativeAI({ baseURL: `${url}/v1beta`, apiKey: key })
  return caller(name => provider(name))
}
