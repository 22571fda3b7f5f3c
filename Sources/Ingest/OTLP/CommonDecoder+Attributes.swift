import Store

extension CommonDecoder {
  /// Decodes a `KeyValue`; `depth` is how many more messages may be nested inside it.
  @inline(__always)
  func attribute(
    _ whole: WireReader, depth: Int, of owner: SpanBatch.Owner, into batch: SpanBatch
  ) throws(WireError) {
    if !plainAttribute(whole, of: owner, into: batch) {
      try anyAttribute(whole, depth: depth, of: owner, into: batch)
    }
  }

  /// Takes a `KeyValue` written as every encoder writes it, key and value once each in this order, the
  /// value a string, a number or a truth; false, with nothing taken, for any other.
  @inline(__always)
  private func plainAttribute(
    _ whole: WireReader, of owner: SpanBatch.Owner, into batch: SpanBatch
  ) -> Bool {
    var reader = whole
    guard let key = reader.run(after: 10) else { return false }  // string key = 1;
    guard let message = reader.run(after: 18), reader.isAtEnd else { return false }
    reader = whole.nested(message)
    if reader.isNext(10) {  // string string_value = 1;
      guard let value = reader.run(after: 10), reader.isAtEnd else { return false }
      return batch.add(key, text: value, of: owner)
    }
    if reader.isNext(24) {  // int64 int_value = 3;
      guard let bits = reader.varint(after: 24), reader.isAtEnd else { return false }
      return batch.add(key, count: Int64(bitPattern: bits), of: owner)
    }
    if reader.isNext(33) {  // double double_value = 4;
      guard let bits = reader.fixed64(after: 33), reader.isAtEnd else { return false }
      return batch.add(key, amount: Double(bitPattern: bits), of: owner)
    }
    if reader.isNext(16) {  // bool bool_value = 2;
      guard let bits = reader.varint(after: 16), reader.isAtEnd else { return false }
      return batch.add(key, truth: bits != 0, of: owner)
    }
    return false
  }

  /// Decodes a `KeyValue` whose fields may stand in any order and any number.
  private func anyAttribute(
    _ whole: WireReader, depth: Int, of owner: SpanBatch.Owner, into batch: SpanBatch
  ) throws(WireError) {
    var reader = whole
    var key = WireBytes.empty
    var value = AnyValue()
    while !reader.isAtEnd {
      switch try reader.tag() {
      case 10: key = try reader.bytes()  // string key = 1;
      case 18:  // AnyValue value = 2;
        let run = try reader.bytes()
        try value.merge(reader.nested(run), depth: depth - 1, batch)
      case let tag: try reader.skip(tag, depth: depth)
      }
    }
    key = mended(key, batch)
    switch value.kind {
    case .empty: batch.addEmpty(key)
    case .string: batch.add(key, .string, mended(value.run, batch), of: owner)
    case .bool: batch.add(key, boolean: value.bits != 0, of: owner)
    case .int: batch.add(key, integer: Int64(bitPattern: value.bits), of: owner)
    case .double: batch.add(key, double: Double(bitPattern: value.bits), of: owner)
    case .bytes: batch.add(key, .bytes, value.run, of: owner)
    case .array:
      let run = try value.isClean ? value.run : repaired(.arrayValue, value.run, batch)
      batch.add(key, .array, run, of: owner)
    case .keyValues:
      let run = try value.isClean ? value.run : repaired(.keyValueList, value.run, batch)
      batch.add(key, .keyValues, run, of: owner)
    }
  }

  /// The oneof of an `AnyValue` as its fields come by: the last one holds, nested ones of a kind merge.
  private struct AnyValue {
    enum Kind { case empty, string, bool, int, double, bytes, array, keyValues }
    var kind = Kind.empty
    var run = WireBytes.empty
    var bits: UInt64 = 0
    var isClean = true

    mutating func merge(
      _ whole: WireReader, depth: Int, _ batch: SpanBatch
    ) throws(WireError) {
      var reader = whole
      while !reader.isAtEnd {
        switch try reader.tag() {
        case 10: set(.string, try reader.bytes())  // string string_value = 1;
        case 16: set(.bool, try reader.varint())  // bool bool_value = 2;
        case 24: set(.int, try reader.varint())  // int64 int_value = 3;
        case 33: set(.double, try reader.fixed64())  // double double_value = 4;
        case 42:  // ArrayValue array_value = 5;
          try nest(.array, .arrayValue, try reader.bytes(), reader, depth - 1, batch)
        case 50:  // KeyValueList kvlist_value = 6;
          try nest(.keyValues, .keyValueList, try reader.bytes(), reader, depth - 1, batch)
        case 58: set(.bytes, try reader.bytes())  // bytes bytes_value = 7;
        case let tag: try reader.skip(tag, depth: depth)
        }
      }
    }

    private mutating func set(_ kind: Kind, _ run: WireBytes) {
      self.kind = kind
      self.run = run
      isClean = true
    }

    private mutating func set(_ kind: Kind, _ bits: UInt64) {
      self.kind = kind
      self.bits = bits
    }

    private mutating func nest(
      _ kind: Kind, _ schema: WireSchema, _ content: WireBytes, _ place: WireReader, _ depth: Int,
      _ batch: SpanBatch
    ) throws(WireError) {
      let isContentClean = try schema.isUTF8(place.nested(content), depth: depth)
      if self.kind == kind {
        run = batch.arena.join(run, content)
        isClean = isClean && isContentClean
      } else {
        set(kind, content)
        isClean = isContentClean
      }
    }
  }

  // MARK: - Text that is not UTF-8

  @inline(__always)
  func isUTF8(_ run: WireBytes) -> Bool { unsafe Bytes.isUTF8(run.address, run.count) }

  /// The string itself, or a copy with replacement characters, counted.
  @inline(__always)
  func mended(_ run: WireBytes, _ batch: SpanBatch) -> WireBytes {
    isUTF8(run) ? run : replaced(run, batch)
  }

  private func replaced(_ run: WireBytes, _ batch: SpanBatch) -> WireBytes {
    batch.repairedStrings += 1
    return batch.arena.keep(run.text)
  }

  /// Checks a message and mends its strings where they need it; `depth` as in ``WireSchema/isUTF8(_:depth:)``.
  func mended(
    _ schema: WireSchema, _ message: WireBytes, _ place: WireReader, depth: Int, _ batch: SpanBatch
  ) throws(WireError) -> WireBytes {
    try schema.isUTF8(place.nested(message), depth: depth)
      ? message : repaired(schema, message, batch)
  }

  /// Two payloads of one message field, joined; each is checked where it stands in the body, since
  /// offsets in the joined bytes say nothing.
  func join(
    _ first: WireBytes, _ second: WireBytes, _ schema: WireSchema, _ place: WireReader, depth: Int,
    _ batch: SpanBatch
  ) throws(WireError) -> WireBytes {
    guard !first.isEmpty else { return second }
    // What is joined already was checked then.
    if !batch.arena.endsWith(first) { _ = try schema.isUTF8(place.nested(first), depth: depth) }
    _ = try schema.isUTF8(place.nested(second), depth: depth)
    return batch.arena.join(first, second)
  }

  /// A copy of a well-formed message in which every string is UTF-8.
  func repaired(
    _ schema: WireSchema, _ message: WireBytes, _ batch: SpanBatch
  ) throws(WireError) -> WireBytes {
    var writer = WireWriter()
    try schema.repaired(message, into: &writer, count: &batch.repairedStrings)
    return batch.arena.keep(writer.bytes)
  }
}
