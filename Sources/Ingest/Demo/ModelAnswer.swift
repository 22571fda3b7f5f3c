import Store

/// What comes back from a model: how long, how much, in how many pieces.
struct ModelAnswer {
  var isStreamed: Bool
  var firstToken: Nanoseconds
  var duration: Nanoseconds
  var inputTokens: Int
  var outputTokens: Int
  var bytes: Int
  var chunks: Int
  var hasUsage: Bool
  var upstreamPath: String

  init(_ call: ModelCall, _ choice: ModelChoice, builder: RequestBuilder) {
    let hasFailed = call.status >= 400
    let streams = call.isStreamed ?? builder.random.chance(0.6)
    let context = call.session.flatMap { builder.sessions[$0]?.contextTokens } ?? 0
    isStreamed = streams
    outputTokens = builder.random.int(in: 20...500)
    inputTokens = builder.random.int(in: 15...400) + context
    if hasFailed {
      firstToken = builder.latency(call.failure == .unreachable ? 3 : 60)
      duration = firstToken
    } else {
      firstToken = builder.latency(call.medianMilliseconds * 0.35)
      let perToken = builder.random.double(in: 2...6) * 1_000_000
      let generation = Nanoseconds(UInt64(Double(outputTokens) * perToken))
      duration = firstToken + (streams ? generation : firstToken)
    }
    chunks = streams && !hasFailed ? builder.random.int(in: 8...40) : 1
    bytes = hasFailed ? 180 : outputTokens * (streams ? 190 : 6) + 340
    let isAnthropic = choice.model.provider == "anthropic"
    // OpenAI streams say usage only to clients that ask for it; a streamed /v1/responses hides it.
    let isHidden =
      streams && (call.path == "/v1/responses" || (!isAnthropic && builder.random.chance(0.4)))
    hasUsage = !hasFailed && !call.isClientGone && !isHidden
    upstreamPath =
      isAnthropic
      ? "/v1/messages" : call.path == "/v1/responses" ? call.path : "/v1/chat/completions"
  }
}
