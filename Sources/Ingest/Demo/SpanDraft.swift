import Store

/// A span of the demo while its request is being told: attributes and events are added as its gateway would.
///
/// A class, because a parent goes on being written while its children are. Confined to one call of `DemoTraffic`.
final class SpanDraft {
  var record: SpanRecord

  init(_ record: SpanRecord) {
    self.record = record
  }

  var start: UnixNanos { record.start }
  var end: UnixNanos { record.end }

  // MARK: - Attributes

  func set(_ key: String, _ value: String) { append(key, .string(value)) }
  func set(_ key: String, _ value: Int) { append(key, .int(Int64(value))) }
  func set(_ key: String, _ value: Double) { append(key, .double(value)) }
  func set(_ key: String, _ value: Bool) { append(key, .bool(value)) }
  func set(_ attributes: [Attribute]) { record.attributes += attributes }

  /// Appends, even where the key is there: Plano's attributes are an append-only list.
  func append(_ key: String, _ value: AttributeValue) {
    record.attributes.append(Attribute(key, value))
  }

  /// Writes over what stands under the key, where it stands.
  func replace(_ key: String, _ value: String) {
    for index in record.attributes.indices where record.attributes[index].key == key {
      record.attributes[index].value = .string(value)
    }
  }

  // MARK: - Events and end

  func event(_ name: String, at time: UnixNanos, _ attributes: [Attribute] = []) {
    record.events.append(SpanEvent(time: time, name: name, attributes: attributes))
  }

  func fail(_ message: String = "") {
    record.statusCode = .error
    record.statusMessage = message
  }

  /// Ends the span, at least a microsecond after it began.
  func finish(at end: UnixNanos) {
    record.end = max(end, record.start + .microseconds(1))
  }
}

extension Attribute {
  init(_ key: String, _ text: String) { self.init(key, .string(text)) }
  init(_ key: String, _ number: Int) { self.init(key, .int(Int64(number))) }
  init(_ key: String, _ number: Double) { self.init(key, .double(number)) }
  init(_ key: String, _ flag: Bool) { self.init(key, .bool(flag)) }
}
