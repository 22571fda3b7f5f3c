/// What one scalar does on a terminal, by the width table.
enum ScalarWidth: UInt8, Sendable {
  case narrow, wide, mark, standIn

  /// Two bits for each scalar of planes 0 to 3, made from the ranges of ``WidthTable`` on first use (64 KiB).
  private static let map: [UInt8] = {
    var map = [UInt8](repeating: 0, count: 0x40000 / 4)
    let lists: [([UInt32], ScalarWidth)] = [
      (WidthTable.wide, .wide), (WidthTable.mark, .mark), (WidthTable.standIn, .standIn),
    ]
    for (ranges, width) in lists {
      for pair in stride(from: 0, to: ranges.count, by: 2) {
        fill(&map, ranges[pair]...ranges[pair + 1], width.rawValue)
      }
    }
    return map
  }()

  /// Writes one range, four scalars at a time where they share a byte.
  private static func fill(_ map: inout [UInt8], _ range: ClosedRange<UInt32>, _ bits: UInt8) {
    var code = range.lowerBound
    while code <= range.upperBound {
      if code & 3 == 0, code + 3 <= range.upperBound {
        map[Int(code >> 2)] = bits &* 0b0101_0101
        code += 4
      } else {
        map[Int(code >> 2)] |= bits << UInt8((code & 3) * 2)
        code += 1
      }
    }
  }

  static func of(_ code: UInt32) -> ScalarWidth {
    switch code {
    case 0x20...0x7E: .narrow
    case 0...0x9F: .standIn
    case ..<0x40000:
      ScalarWidth(rawValue: map[Int(code >> 2)] >> UInt8((code & 3) * 2) & 3) ?? .standIn
    // Private use: what fonts with symbols put there is drawn narrow.
    case 0xF0000...0xFFFFD, 0x100000...0x10FFFD: .narrow
    // Tags, variation selectors, unassigned planes.
    default: .standIn
    }
  }
}
