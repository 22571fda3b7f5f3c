public import Store

/// One trace with more spans than most: a tree in which each span has four children, over twelve services.
public struct LongTrace {
  public static let id = TraceID(high: 0x1234, low: 0x5678)

  /// Requests of a hundred spans each.
  public static func requests(spans count: Int) -> [[UInt8]] {
    stride(from: 0, to: count, by: 100).map { first in
      request(first..<min(first + 100, count))
    }
  }

  private static func request(_ numbers: Range<Int>) -> [UInt8] {
    var writer = WireWriter()
    for service in 0..<12 {
      writer.message(1) { resourceSpans in
        resourceSpans.message(1) {
          $0.attributes(1, [("service.name", .string("service-\(service)"))])
        }
        resourceSpans.message(2) { scopeSpans in
          for number in numbers where number % 12 == service {
            scopeSpans.message(2) { $0.span(span(number)) }
          }
        }
      }
    }
    return writer.bytes
  }

  private static func span(_ number: Int) -> MadeSpan {
    var span = MadeSpan()
    span.traceID = bytes(id.high) + bytes(id.low)
    span.spanID = bytes(UInt64(number + 1))
    if number > 0 { span.parentSpanID = bytes(UInt64((number - 1) / 4 + 1)) }
    span.name = "step \(number % 40)"
    span.kind = 1
    span.start = Corpus.beginning.rawValue + UInt64(number) * 1_000_000
    span.end = span.start + 900_000_000
    span.attributes = [("step", .int(number)), ("tenant.id", .string("tenant-003"))]
    if number % 100 == 99 { span.status = (2, "failed") }
    return span
  }

  private static func bytes(_ number: UInt64) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: number >> UInt64(56 - 8 * $0)) }
  }
}
