import Store

/// The first walk: how long each message is. Every `measure…` returns the bytes its field takes, header
/// included, and leaves the lengths of nested messages in the order in which the second walk needs them.
extension TraceRequestEncoder {
  mutating func measureResourceSpans(
    _ run: Run, in spans: some RandomAccessCollection<SpanRecord>
  ) -> Int {
    guard let first = run.scopes.first?.lowerBound else { return 0 }
    let resource = Self.span(first, of: spans).resource
    return measureNested { encoder in
      var size = encoder.measureNested { encoder in
        encoder.measure(resource.attributes) + Wire.size(varint: UInt64(resource.droppedAttributes))
      }
      for scope in run.scopes { size += encoder.measureScopeSpans(scope, in: spans) }
      return size + Wire.size(text: resource.schemaURL)
    }
  }

  private mutating func measureScopeSpans(
    _ range: Range<Int>, in spans: some RandomAccessCollection<SpanRecord>
  ) -> Int {
    let scope = Self.span(range.lowerBound, of: spans).scope
    return measureNested { encoder in
      var size = encoder.measureNested { encoder in
        Wire.size(text: scope.name) + Wire.size(text: scope.version)
          + encoder.measure(scope.attributes)
          + Wire.size(varint: UInt64(scope.droppedAttributes))
      }
      for position in range { size += encoder.measure(Self.span(position, of: spans)) }
      return size + Wire.size(text: scope.schemaURL)
    }
  }

  /// The bytes of one span as a field of `ScopeSpans`.
  mutating func measure(_ span: SpanRecord) -> Int {
    measureNested { encoder in
      var size = Wire.traceIDSize + Wire.spanIDSize
      size += span.parentSpanID.isNone ? 0 : Wire.spanIDSize
      size += Wire.size(text: span.traceState) + Wire.size(text: span.name)
      size += Wire.size(varint: Wire.signExtended(span.kind.rawValue))
      size += Wire.size(fixed64: span.start.rawValue) + Wire.size(fixed64: span.end.rawValue)
      size += encoder.measure(span.attributes)
      size += Wire.size(varint: UInt64(span.droppedAttributes))
      for event in span.events { size += encoder.measure(event) }
      size += Wire.size(varint: UInt64(span.droppedEvents))
      for link in span.links { size += encoder.measure(link) }
      size += Wire.size(varint: UInt64(span.droppedLinks))
      if Wire.hasStatus(span) {
        size += encoder.measureNested { _ in
          Wire.size(text: span.statusMessage)
            + Wire.size(varint: Wire.signExtended(span.statusCode.rawValue))
        }
      }
      // Field 16 has a tag of two bytes.
      return size + (span.flags == 0 ? 0 : 6)
    }
  }

  private mutating func measure(_ event: SpanEvent) -> Int {
    measureNested { encoder in
      Wire.size(fixed64: event.time.rawValue) + Wire.size(text: event.name)
        + encoder.measure(event.attributes) + Wire.size(varint: UInt64(event.droppedAttributes))
    }
  }

  private mutating func measure(_ link: SpanLink) -> Int {
    measureNested { encoder in
      Wire.size(blob: link.traceID) + Wire.size(blob: link.spanID)
        + Wire.size(text: link.traceState) + encoder.measure(link.attributes)
        + Wire.size(varint: UInt64(link.droppedAttributes)) + (link.flags == 0 ? 0 : 5)
    }
  }

  private mutating func measure(_ attributes: [Attribute]) -> Int {
    var size = 0
    for attribute in attributes {
      size += measureNested { encoder in
        Wire.size(text: attribute.key)
          + encoder.measureNested { encoder in encoder.measure(attribute.value) }
      }
    }
    return size
  }

  /// The bytes inside an `AnyValue`. What is set is written even where it is empty or zero.
  private mutating func measure(_ value: AttributeValue) -> Int {
    switch value {
    case .empty: return 0
    case .string(let text): return 1 + Wire.size(delimited: text.utf8.count)
    case .bool: return 2
    case .int(let number): return 1 + Wire.size(of: UInt64(bitPattern: number))
    case .double: return 9
    case .bytes(let blob): return 1 + Wire.size(delimited: blob.count)
    case .array(let values):
      return measureNested { encoder in
        var size = 0
        for value in values { size += encoder.measureNested { $0.measure(value) } }
        return size
      }
    case .keyValues(let attributes):
      return measureNested { $0.measure(attributes) }
    }
  }

  /// A nested message under a tag of one byte: its length is kept before those of what it holds.
  private mutating func measureNested(_ body: (inout Self) -> Int) -> Int {
    let slot = lengths.count
    lengths.append(0)
    let length = body(&self)
    lengths[slot] = length
    return 1 + Wire.size(delimited: length)
  }
}
