import Store

/// Trace ids one behind the other, sixteen bytes each, as `tracetop.v1` has lists of them.
enum TraceIDList {
  private static let idBytes = 16

  static func bytes(_ ids: some Sequence<TraceID>) -> [UInt8] { ids.flatMap(bytes) }

  static func bytes(_ id: TraceID) -> [UInt8] {
    [id.high, id.low].flatMap { half in (0..<8).map { UInt8(half >> UInt64(56 - $0 * 8) & 0xFF) } }
  }

  /// A rest that is no whole id is passed over.
  static func ids(_ bytes: WireBytes) -> [TraceID] {
    func half(_ start: Int) -> UInt64 {
      (start..<start + 8).reduce(0) { $0 << 8 | UInt64(bytes[$1]) }
    }
    return stride(from: 0, through: bytes.count - idBytes, by: idBytes).map { start in
      TraceID(high: half(start), low: half(start + 8))
    }
  }
}
