/// Taking in what another segment holds: strings, values, resources. The writer's alone.
extension Segment {
  func intern(_ bytes: WireBytes) -> UInt32 {
    guard !bytes.isEmpty else { return 0 }
    return unsafe strings.intern(
      bytes.base, bytes.count, hash: Bytes.hash(bytes.base, bytes.count))
  }

  /// A hash of a row's name, the same in every segment of the process.
  func nameHash(_ row: Int) -> UInt64 {
    let name = strings[rows.name[row]]
    return unsafe Bytes.hash(name.base, name.count)
  }

  /// Keeps a copy of a span's rarer fields that stand in another segment's heap; zero is none.
  func keep(extras offset: UInt32, of other: Segment) -> UInt32 {
    guard offset != 0 else { return 0 }
    let bytes = other.strings.heap.bytes(at: offset)
    return unsafe strings.heap.append(bytes.base, bytes.count)
  }

  /// A number beside the columns as this segment refers to it.
  func keep(word: UInt64, _ kind: ValueReference.Kind) -> ValueReference {
    words.append(word)
    return ValueReference(kind, UInt32(truncatingIfNeeded: words.count - 1))
  }

  /// The number of a shape given as a list of this segment's columns.
  func shape(of columns: [UInt32]) -> UInt32 {
    var list = GrowingBuffer<UInt32>(capacity: columns.count)
    var hash = UInt64(columns.count) ^ 0x9e37_79b9_7f4a_7c15
    for column in columns {
      list.append(column)
      hash = Bytes.mix(hash ^ UInt64(column), 0xe703_7ed1_a0b4_28db)
    }
    return shape(list, hash: hash)
  }
}
