extension VocabularyDocument {
  static let story = """
    ## What becomes of a request

    **Filter chain.** One step for each run, in execution order; runs of a filter one after the other
    are one step with a count (Plano runs an output filter once for each chunk of a stream).

    | gateway | a step is | its verdict | its time |
    | --- | --- | --- | --- |
    | Plano, HTTP filter | the event `executing raw filter` of the span that runs the chain, with the span `execute_raw_filter (…)` | denied: the event `client error from agent` or `client error from filter chain`, with status and body; error: `agent chat error chain` | its span's |
    | Plano, MCP filter | the same event; there is no span | the same | until `raw filter completed` |
    | ContextForge 1.0.0 | `plugin.execute` | error: its status; modified: `plugin.modified_payload`; denied: `plugin.had_violation` in mode `enforce`, else overruled | its span's |
    | ContextForge 1.0.7 and later | `cpex.control.result`, or the same in attributes of `cpex.control.summary` | denied: `cpex.control.result.allowed`; error: `cpex.control.status`; modified: `cpex.control.payload_modified` | `cpex.control.duration_ns`: the spans are posted after the fact |
    | ContextForge, figures alone | `plugin.metrics.…` where the plugin has no other step | modified: `total_masked` above zero | not known |

    A step is on the way in or out: by its hook (`…_pre_…`, `…_post_…`) or enforcement point, and for
    Plano by whether the call to the upstream had begun.

    **Denial.** Who refused, with code and reason, from `<hook> blocked by plugin <NAME>: <CODE> -
    <reason>` in `error.message`, the status or an exception; else from a control that did not allow
    it; else from the plugin with the violation; Plano's from its event. A plugin that no span names
    is `(unnamed plugin)`.

    **Routing.** The routing span of a call: asked (`model.requested`), alias
    (`model.alias_resolved`), the route and its models (the event `plano-orchestrator determined
    route`), time (`routing.determination_ms`). `routed`: a route was chosen. `fell_back`: the router
    was asked and knew none, so the default model was used. `direct`: there is nothing to route by.
    `failed`: the router failed. `plano.switch.…` says whether a session may change its model and what
    that costs.

    **The call that counts** is the last one an agent made, else the first one that no filter made for
    its own purposes.

    **Hidden failure.** The edge answered 2xx or 3xx, and a span inside has evidence of an error.
    """

  static let additions = """
    ## Adding to it

    A configuration can name more keys of a dimension, an amount or a kind of evidence, more patterns
    of a role, and more events. What it adds goes before what is here, so it wins where both apply.
    Roles, dimensions and evidence are called what they are called above; amounts are `tokens_in`,
    `tokens_out`, `tokens`, `cost` and `ttft`; the kinds of evidence of an attribute are `http_status`,
    `error`, `error_type`, `message`, `success`, `response_flags`, `violation`, `allowed`, `quality`,
    `operation` and `model_call`.
    """
}

extension KeyMeaning.Measure {
  /// The word that a filter uses.
  var filterName: String {
    switch self {
    case .tokensIn: "tokens.in"
    case .tokensOut: "tokens.out"
    case .tokens: "tokens"
    case .cost: "cost"
    case .timeToFirstToken: "ttft"
    }
  }

  var text: String {
    switch self {
    case .tokensIn, .tokensOut: "the sum"
    case .tokens: "the sum; of a span without these keys, in and out together"
    case .cost: "the sum, in US dollars"
    case .timeToFirstToken:
      "the shortest, in milliseconds on the wire; also an event of that name with that attribute"
    }
  }
}

extension KeyMeaning.Clue {
  /// What a value under the clue's keys must be to be this evidence; nil where none can be.
  func test(for evidence: Evidence) -> String? {
    switch (self, evidence) {
    case (.httpStatus, .httpServerError): "500 to 599, as number or text"
    case (.httpStatus, .httpClientError): "400 to 499, as number or text"
    case (.error, .errorAttribute): "true, as truth value or text"
    case (.errorType, .errorType): "any text"
    case (.errorType, .violationError): "ending in `\(Vocabulary.violationType)`"
    case (.message, .violationError): "having ` blocked by plugin `"
    case (.success, .successFalse): "false"
    case (.responseFlags, .clientGone), (.responseFlags, .upstreamFailure):
      "having "
        + VocabularyDocument.code(
          Vocabulary.responseFlags.filter { $0.evidence == evidence }.map(\.flag))
    case (.violation, .pluginViolation): "true"
    case (.controlAllowed, .controlDenied): "false"
    case (.quality, .poorQuality):
      VocabularyDocument.code(Vocabulary.poorQualities.map { "\($0)" })
    default: nil
    }
  }
}
