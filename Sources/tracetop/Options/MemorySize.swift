import ArgumentParser

/// A number of bytes as people write it: `512MiB`, `2GiB`, `1.5G`, `65536`.
struct MemorySize: ExpressibleByArgument, Equatable, Sendable {
  var bytes: Int

  /// What holds a few minutes of a busy gateway.
  static let standard = MemorySize(bytes: 512 << 20)
  /// Below this there is no room for a segment and its strings.
  static let smallest = MemorySize(bytes: 16 << 20)

  /// Powers of 1,024, whichever way they are written: memory comes in nothing else.
  private static let units: [(suffix: String, factor: Double)] = [
    ("KiB", 1_024), ("MiB", 1_048_576), ("GiB", 1_073_741_824), ("TiB", 1_099_511_627_776),
    ("KB", 1_024), ("MB", 1_048_576), ("GB", 1_073_741_824),
    ("k", 1_024), ("M", 1_048_576), ("G", 1_073_741_824), ("B", 1), ("", 1),
  ]

  init(bytes: Int) {
    self.bytes = bytes
  }

  init?(argument: String) {
    let text = argument.lowercased()
    for unit in Self.units where text.hasSuffix(unit.suffix.lowercased()) {
      let digits = text.dropLast(unit.suffix.count)
      guard digits.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }),
        let number = Double(String(digits))
      else { return nil }
      let bytes = number * unit.factor
      guard bytes >= 1, bytes < 0x1p62 else { return nil }
      self.bytes = Int(bytes)
      return
    }
    return nil
  }

  var defaultValueDescription: String {
    bytes % (1 << 30) == 0
      ? "\(bytes >> 30)GiB" : bytes % (1 << 20) == 0 ? "\(bytes >> 20)MiB" : "\(bytes) bytes"
  }
}
