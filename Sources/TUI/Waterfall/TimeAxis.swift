import Store

/// The marks over the bars.
struct TimeAxis {
  /// A label and the cell it begins in.
  struct Mark: Equatable {
    var cell: Int
    var label: String
  }

  /// The fewest cells from one mark to the next: a label such as 200ms, and a blank.
  private static let spacing = 6

  /// Round times across the window, as many as have room.
  static func marks(_ window: TimeWindow, cells: Int, isASCII: Bool) -> [Mark] {
    guard cells >= 4 else { return [] }
    let shortest = Double(window.length.rawValue) * Double(spacing) / Double(cells)
    let step = TimeScale.roundedUp(Nanoseconds(max(1, UInt64(shortest))))
    var marks: [Mark] = []
    var time = Nanoseconds(
      (window.offset.rawValue + step.rawValue - 1) / step.rawValue * step.rawValue)
    var free = 0
    while time <= window.offset + window.length {
      let cell = window.eighths(of: time, cells: cells) / 8
      let label = TimeScale.label(time, isASCII: isASCII)
      if cell >= free, cell + label.count <= cells {
        marks.append(Mark(cell: cell, label: label))
        free = cell + label.count + 1
      }
      time = time + step
    }
    return marks
  }
}
