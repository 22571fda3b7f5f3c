import Store

typealias MadeAttribute = (key: String, value: MadeValue)

enum MadeValue {
  case string(String)
  case int(Int)
  case double(Double)
  case bool(Bool)
  case strings([String])
}

struct MadeEvent {
  var name: String
  var time: UInt64
  var attributes: [MadeAttribute]
}

/// A span before it is written to a request.
struct MadeSpan {
  var service = 0
  var instance = 0
  var scope = ""
  var traceID: [UInt8] = []
  var spanID: [UInt8] = []
  var parentSpanID: [UInt8] = []
  var name = ""
  var kind: UInt64 = 0
  var start: UInt64 = 0
  var end: UInt64 = 0
  var attributes: [MadeAttribute] = []
  var events: [MadeEvent] = []
  var link: (traceID: [UInt8], spanID: [UInt8])?
  var status: (code: UInt64, message: String) = (0, "")
}

/// Fields in the order of their numbers, as generated code writes them.
/// Source: opentelemetry/proto/trace/v1/trace.proto.
extension WireWriter {
  mutating func attributes(_ field: Int, _ attributes: [MadeAttribute]) {
    for attribute in attributes {
      message(field) { keyValue in
        keyValue.string(1, attribute.key)
        keyValue.message(2) { $0.value(attribute.value) }
      }
    }
  }

  private mutating func value(_ value: MadeValue) {
    switch value {
    case .string(let text): string(1, text)
    case .bool(let truth): varint(2, truth ? 1 : 0)
    case .int(let number): varint(3, UInt64(bitPattern: Int64(number)))
    case .double(let number): fixed64(4, number.bitPattern)
    case .strings(let texts):
      message(5) { array in
        for text in texts { array.message(1) { $0.string(1, text) } }
      }
    }
  }

  mutating func span(_ span: MadeSpan) {
    bytes(1, span.traceID)
    bytes(2, span.spanID)
    if !span.parentSpanID.isEmpty { bytes(4, span.parentSpanID) }
    string(5, span.name)
    varint(6, span.kind)
    fixed64(7, span.start)
    fixed64(8, span.end)
    attributes(9, span.attributes)
    for event in span.events {
      message(11) { writer in
        writer.fixed64(1, event.time)
        writer.string(2, event.name)
        writer.attributes(3, event.attributes)
      }
    }
    if let link = span.link {
      message(13) { writer in
        writer.bytes(1, link.traceID)
        writer.bytes(2, link.spanID)
      }
    }
    if span.status.code != 0 {
      message(15) { writer in
        if !span.status.message.isEmpty { writer.string(2, span.status.message) }
        writer.varint(3, span.status.code)
      }
    }
    fixed32(16, 257)
  }
}
