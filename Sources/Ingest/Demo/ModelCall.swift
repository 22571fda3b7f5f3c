/// What a client asks of a model through Plano, and how it goes; see `RequestBuilder.callModel`.
struct ModelCall {
  var model = DemoCast.small
  /// The model as the client wrote it, where an alias stands for it.
  var requested: String?
  var path = "/v1/chat/completions"
  var routing = Routing.none
  /// The upstream's answer.
  var status = 200
  /// Whether the answer is streamed; nil leaves it to chance.
  var isStreamed: Bool?
  var inputFilters: [DemoCast.Filter] = []
  var outputFilters: [DemoCast.Filter] = []
  var rejection: FilterRejection?
  var session: String?
  /// Whether the session has a budget for changing models.
  var hasBudget = false
  var mood = Mood.neutral
  var turns = 1
  var tools: [String] = []
  var temperature: String?
  var failure: Failure?
  var isClientGone = false
  /// The request id to write, where it is not the request's own.
  var requestID: String?
  var userAgent: String?
  /// Whether the caller's headers carry the custom attributes.
  var hasCustomAttributes = true
  var medianMilliseconds = 700.0

  /// What is asked before the model is.
  enum Routing {
    /// No routes are configured.
    case none
    /// Routes are configured and the orchestrator finds none that fits.
    case undecided
    case to(DemoCast.Route)
    /// The message is not a user's turn.
    case skipped
  }

  /// What ends a call before a model answers.
  enum Failure {
    case unreachable, unknownModel, routerDown
  }

  /// How the conversation goes, which Plano's signals tell.
  enum Mood {
    case neutral, happy, corrected, frustrated, escalated, failingTools
  }
}

/// A filter that says no.
struct FilterRejection {
  var filter: String
  var status: Int
  var body: String
}
