import Store

/// Plano's signals: what a conversation says about its own quality (signals/otel.rs, signals/analyzer.rs).
extension RequestBuilder {
  /// A pattern that was found, as an event tells it.
  private struct Signal {
    var layer: String
    var type: String
    var confidence: Float
    var snippet: String
    var metadata: String
  }

  /// Writes quality and scores on the span, an event for each signal, and the flag where it is due.
  func reportSignals(mood: ModelCall.Mood, turns: Int, on span: SpanDraft, at time: UnixNanos) {
    let signals = signals(of: mood)
    for signal in signals {
      span.event(
        "signal.\(signal.type)", at: time,
        [
          Attribute("signal.type", signal.type),
          Attribute("signal.message_index", random.int(in: 1...2 * turns)),
          // A 32-bit number widened, as Plano sends it.
          Attribute("signal.confidence", Double(signal.confidence)),
          Attribute("signal.snippet", signal.snippet),
          Attribute("signal.metadata", signal.metadata),
        ])
    }
    let count = signals.count
    let (quality, score): (String, Float) =
      switch mood {
      case .neutral: ("neutral", 50)
      case .happy: ("good", 62)
      case .corrected: turns <= 3 ? ("poor", 35) : ("neutral", 50)
      case .frustrated: count > 2 ? ("poor", 30) : ("neutral", 40)
      case .escalated: ("severe", 0)
      case .failingTools: count > 3 ? ("severe", 18) : ("poor", 50 - Float(8 * count))
      }
    let efficiency: Float = turns <= 5 ? 1 : 1 / (1 + Float(turns - 5) * 0.25)
    span.set("signals.quality", quality)
    span.set("signals.quality_score", Double(score))
    span.set("signals.turn_count", turns)
    span.set("signals.efficiency_score", Double(efficiency))
    if let layer = signals.first?.layer {
      span.set("signals.\(layer).count", count)
      span.set("signals.\(layer).severity", count <= 2 ? 1 : count <= 4 ? 2 : 3)
    }
    let isFlagged =
      ["poor", "severe"].contains(quality)
      || [.frustrated, .escalated, .failingTools].contains(mood)
    if isFlagged { span.record.name += " \u{1F6A9}" }
  }

  private func signals(of mood: ModelCall.Mood) -> [Signal] {
    switch mood {
    case .neutral: []
    case .happy:
      [
        Signal(
          layer: "interaction.satisfaction", type: "interaction.satisfaction.gratitude",
          confidence: 1, snippet: "thanks", metadata: #"{"pattern_type":"gratitude"}"#)
      ]
    case .corrected:
      repeating(
        Signal(
          layer: "interaction.misalignment", type: "interaction.misalignment.correction",
          confidence: 1, snippet: "no, i meant", metadata: #"{"pattern_type":"correction"}"#))
    case .frustrated:
      repeating(
        Signal(
          layer: "interaction.disengagement",
          type: "interaction.disengagement.negative_stance", confidence: 1,
          snippet: "this is useless",
          metadata: #"{"indicator_type":"complaint","pattern":"this is useless"}"#))
    case .escalated:
      [
        Signal(
          layer: "interaction.disengagement", type: "interaction.disengagement.escalation",
          confidence: 1, snippet: "get me a human", metadata: #"{"pattern_type":"escalation"}"#)
      ]
    case .failingTools:
      repeating(
        Signal(
          layer: "execution.failure", type: "execution.failure.invalid_args", confidence: 0.9,
          snippet: "error: invalid argument 'city' for get_weather",
          metadata: #"{"call_index":2,"error_type":"invalid_args","tool_name":"get_weather"}"#))
    }
  }

  private func repeating(_ signal: Signal) -> [Signal] {
    Array(repeating: signal, count: random.int(in: 1...4))
  }
}
