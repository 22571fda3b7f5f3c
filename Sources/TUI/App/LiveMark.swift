import Store

/// The word that says whether a screen moves, and the clock beside it.
struct LiveMark {
  let context: ViewContext
  let isOnHold: Bool
  let connection: SourceStatus.Connection

  private var glyphs: Glyphs { context.glyphs }

  var state: (text: String, style: Style) {
    if isOnHold { return ("\(glyphs.held) HOLD", .held.bold) }
    return switch connection {
    case .disconnected: ("\(glyphs.failed) GONE", .error.bold)
    case .file: ("\(glyphs.dot) FILE", .title)
    case .listening, .attached: ("\(glyphs.live) LIVE", .live.bold)
    }
  }

  /// The time of day while spans flow; at rest when the last one came, which stays true without
  /// redrawing.
  func clock(isFlowing: Bool, lastArrival: UnixNanos) -> (text: String, style: Style) {
    if connection.isFile {
      // The figures are of the time up to the newest span, whenever the file was opened.
      let newest = context.snapshot.statistics.newestSpan
      return newest.isSet ? ("ends \(context.day(of: newest))", .dim) : ("no spans yet", .dim)
    }
    if case .disconnected(_, let since) = connection {
      return ("since \(Format.clock(since, zone: context.zone))", .error)
    }
    if isFlowing { return (Format.clock(context.now, zone: context.zone), .text) }
    guard lastArrival.isSet else { return ("no spans yet", .dim) }
    return ("last \(Format.clock(lastArrival, zone: context.zone))", .dim)
  }
}
