import Store

/// The stretch of a trace that the bars show: all of it, or less when zoomed in.
struct TimeWindow: Equatable, Sendable {
  /// From the start of the trace.
  var offset: Nanoseconds
  var length: Nanoseconds

  /// The deepest zoom: what is shorter has no meaning in nanoseconds.
  static let shortest = Nanoseconds(100)

  /// All of a trace. Never empty, so a trace of no length has a scale too.
  static func all(of duration: Nanoseconds) -> TimeWindow {
    TimeWindow(offset: .zero, length: max(duration, shortest))
  }

  // MARK: - Zooming

  /// Half or twice as long around a point, inside the trace; nil when that is all of it.
  func zoomed(_ inwards: Bool, around point: Nanoseconds, of duration: Nanoseconds) -> TimeWindow? {
    let new = inwards ? Nanoseconds(length.rawValue / 2) : length + length
    guard new < max(duration, Self.shortest) else { return nil }
    var window = self
    window.length = max(new, Self.shortest)
    window.offset = point - Nanoseconds(window.length.rawValue / 2)
    return window.clamped(to: duration)
  }

  /// A quarter of a window earlier or later.
  func panned(later: Bool, of duration: Nanoseconds) -> TimeWindow {
    let step = Nanoseconds(max(1, length.rawValue / 4))
    var window = self
    window.offset = later ? offset + step : offset - step
    return window.clamped(to: duration)
  }

  private func clamped(to duration: Nanoseconds) -> TimeWindow {
    var window = self
    window.offset = min(offset, max(duration, Self.shortest) - length)
    return window
  }

  // MARK: - Cells

  /// Where a moment falls among this many cells, in eighths of a cell; below zero left of the
  /// window.
  func eighths(of moment: Nanoseconds, cells: Int) -> Int {
    let isBefore = moment < offset
    let distance = isBefore ? offset - moment : moment - offset
    let scaled = Double(distance.rawValue) / Double(length.rawValue) * Double(cells * 8)
    let clipped = Int(min(scaled, 1e9).rounded())
    return isBefore ? -clipped : clipped
  }
}
