/// Who packs full segments.
enum Sealing: Equatable {
  /// The writer, as soon as one is full; whoever sends waits for it.
  case inPlace
  /// Somebody else, while the writer goes on; it packs itself where so many wait already.
  case aside(atMost: Int)

  /// More unpacked segments than these are not left waiting: packing one takes a fraction of the time
  /// that filling one does.
  static let mostWaiting = 2
}

/// Closing the open segment, and packing it at once or aside.
///
/// A segment that waits stands among the sealed ones in the form that it was written in: it is read,
/// swept, merged and counted with the memory that this takes. Its packed form has the same numbers,
/// so it is put in its place whenever it is ready, or dropped where the segment has gone meanwhile.
extension StoreWriter {
  mutating func seal() {
    open.close()
    var full = open
    if !isLeftWaiting() {
      full = packed(open)
      largestSealed = max(largestSealed, full.bytes)
    }
    sealed.append(full.view())
    sealedBytes += full.bytes
    if full.isThin {
      hasThinned = true
      if full.deadRows == full.count { hasEmptied = true }
    }
    open = Segment(
      serial: open.serial + 1, firstTrace: chunks.end, expectedStrings: open.strings.count)
  }

  /// Leaves the open segment to whoever packs aside, if it may.
  private mutating func isLeftWaiting() -> Bool {
    guard case .aside(let most) = sealing, waiting.count + (packing == nil ? 0 : 1) < most else {
      return false
    }
    waiting.append(open)
    return true
  }

  private func packed(_ full: Segment) -> Segment {
    let packed = sealer.seal(full)
    (packed.deadRows, packed.isSwept) = (full.deadRows, full.isSwept)
    return packed
  }

  // MARK: - Aside

  /// Whether somebody has to begin packing; from then on ``nextToSeal()`` is asked until it says nil.
  mutating func beginSealing() -> Bool {
    guard !waiting.isEmpty, !isSealing else { return false }
    isSealing = true
    return true
  }

  /// The next segment to be packed; nil, and nobody is packing any more, where none waits.
  mutating func nextToSeal() -> Segment? {
    while !waiting.isEmpty {
      let next = waiting.removeFirst()
      guard place(ofWaiting: next) != nil else { continue }
      packing = next
      return next
    }
    isSealing = false
    return nil
  }

  /// Puts the packed form of the segment that ``nextToSeal()`` said last in its place.
  mutating func install(_ packed: Segment, for full: Segment) {
    packing = nil
    // Its rows may have gone, or gone to another segment.
    guard let place = place(ofWaiting: full) else { return }
    (packed.deadRows, packed.isSwept) = (full.deadRows, full.isSwept)
    sealedBytes += packed.bytes - full.bytes
    largestSealed = max(largestSealed, packed.bytes)
    sealed[place] = packed.view()
    // What the spans take has changed.
    version += 1
  }

  /// Lets go of the memory of segments that waited and whose rows have all gone, or gone elsewhere.
  mutating func forgetWaitingGone() {
    guard !waiting.isEmpty else { return }
    waiting = waiting.filter { place(ofWaiting: $0) != nil }
  }

  /// Whether a segment is still in the form that it was written in.
  func isToBePacked(_ segment: Segment) -> Bool {
    segment === packing || waiting.contains { $0 === segment }
  }

  private func place(ofWaiting segment: Segment) -> Int? {
    guard let place = sealed.place(ofSerial: segment.serial), sealed[place].segment === segment
    else { return nil }
    return place
  }
}
