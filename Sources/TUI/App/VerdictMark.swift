import Store

/// The letter that stands for a verdict, so that colour is never the only sign.
enum VerdictMark {
  static func letter(_ verdict: Verdict, _ glyphs: Glyphs) -> String {
    switch verdict {
    case .ok: " "
    case .error: "E"
    case .denied: "D"
    case .clientGone: "G"
    case .flagged: "F"
    case .partial: "P"
    case .unfinished: glyphs.pending
    }
  }

  static func style(_ verdict: Verdict) -> Style {
    switch verdict {
    case .ok: .ok
    case .error: .error.bold
    case .denied: .denied.bold
    case .clientGone, .partial: .warning
    case .flagged: .flag
    case .unfinished: .unfinished
    }
  }

  /// What each letter means, for the help.
  static func legend(_ glyphs: Glyphs) -> [(letter: String, verdict: Verdict, meaning: String)] {
    [
      ("E", .error, "an error somewhere in the trace"),
      ("D", .denied, "denied by a filter, plugin or policy"),
      ("G", .clientGone, "the client went away first"),
      ("F", .flagged, "flagged by its quality signals"),
      ("P", .partial, "partial: a parent never arrived"),
      (glyphs.pending, .unfinished, "unfinished: spans are still arriving"),
    ]
  }
}
