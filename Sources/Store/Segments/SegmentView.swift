/// A segment as a snapshot shows it: rows below ``count``, and the directory of that moment.
struct SegmentView: Sendable {
  let segment: Segment
  let count: Int
  let directory: SegmentDirectory
  let stringCount: Int
  /// The string table's slots of that moment.
  let slots: SlotTable

  var strings: StringTable { segment.strings }

  /// The columns that hold a key; at most one.
  func column(of key: String) -> AttributeColumn? {
    guard let id = strings.find(key, below: stringCount, in: slots) else { return nil }
    return directory.columns.first { $0.key == id }
  }

  /// The rows from a number on, all of them where rows were moved; nil where there are none.
  func rows(from seen: UInt64) -> Range<Int>? {
    guard segment.lastSerial >= seen >> 16 else { return nil }
    let isSeen = segment.serial == seen >> 16 && segment.moved == nil
    let from = isSeen ? Int(seen & 0xFFFF) : 0
    return from < count ? from..<count : nil
  }

  /// The class of a row.
  func spanClass(_ row: Int) -> SpanClass {
    // Safe: the row is below the count, and so is its class's number below the directory's.
    directory.classes[Int(segment.rows.spanClass[row])]
  }

  func resource(_ row: Int) -> SegmentOrigin {
    directory.resources[Int(segment.rows.resource[row])]
  }

  func scope(_ row: Int) -> SegmentOrigin {
    directory.scopes[Int(segment.rows.scope[row])]
  }

  func name(_ row: Int) -> String { strings[segment.rows.name[row]].text }

  /// The attributes of a row in the order they came in.
  func attributes(_ row: Int) -> [(key: UInt32, value: ValueReference)] {
    let (start, length) = segment.extent(ofShape: segment.rows.shape[row])
    var result: [(key: UInt32, value: ValueReference)] = []
    result.reserveCapacity(length)
    var seen: [UInt32: Int] = [:]
    for position in start..<start + length {
      let number = segment.shapes.columns[position]
      let column = directory.columns[Int(number)]
      // A key that repeats has its values side by side, in order.
      let repeated = repeats(of: number, from: start, before: position, &seen)
      let entry = column.position(of: row, below: column.count) + repeated
      result.append((column.key, ValueReference(rawValue: column.value(at: entry))))
    }
    return result
  }

  /// How often a column stands in a shape before a position: looked for in short shapes, counted in long ones.
  private func repeats(
    of column: UInt32, from start: Int, before position: Int, _ seen: inout [UInt32: Int]
  ) -> Int {
    if position - start > 32 || !seen.isEmpty {
      if seen.isEmpty {
        for earlier in start..<position { seen[segment.shapes.columns[earlier], default: 0] += 1 }
      }
      defer { seen[column, default: 0] += 1 }
      return seen[column, default: 0]
    }
    var count = 0
    for earlier in start..<position where segment.shapes.columns[earlier] == column { count += 1 }
    return count
  }
}

extension Segment {
  /// The segment as it stands now.
  func view() -> SegmentView {
    SegmentView(
      segment: self, count: count, directory: directory, stringCount: strings.count,
      slots: strings.table)
  }

  /// A value as plain data.
  func value(of reference: ValueReference) -> AttributeValue {
    let payload = reference.payload
    switch reference.kind {
    case .string: return .string(strings[payload].text)
    case .smallInteger: return .int(reference.smallInteger)
    case .wideInteger: return .int(Int64(bitPattern: words[Int(payload)]))
    case .double: return .double(Double(bitPattern: words[Int(payload)]))
    case .bytes: return .bytes(strings[payload].array)
    case .array: return WireValues.array(strings[payload])
    case .keyValues: return WireValues.keyValues(strings[payload])
    case .constant:
      switch reference {
      case .yes: return .bool(true)
      case .no: return .bool(false)
      default: return .empty
      }
    }
  }

  /// A value as the text that filters compare.
  func text(of reference: ValueReference) -> String {
    reference.kind == .string
      ? strings[reference.payload].text : Comparison.text(of: value(of: reference))
  }
}
