import Ingest

/// The small frames that were written last, kept to be made one: what little senders send one request
/// at a time then takes a fifth of the room, and a journal of a gigabyte has thousands of rows instead
/// of millions.
///
/// They are of one kind, and no larger frame of that kind stands between them, so the one that replaces
/// them takes the last one's place.
struct SmallFrames {
  /// A frame below this many bytes before compression is small.
  static let smallBytes = 64 << 10
  /// They are made one at this many bytes together, or at this many frames.
  static let mergedBytes = 256 << 10
  static let mergedFrames = 1_024

  private(set) var bytes: [UInt8] = []
  private(set) var ids: ClosedRange<Int64>?
  private(set) var count = 0
  private(set) var items = 0
  /// Room that they take on disk, in bytes.
  private(set) var room: UInt64 = 0

  /// Whether it is time to make them one.
  var areEnough: Bool {
    count > 1 && (bytes.count >= Self.mergedBytes || count >= Self.mergedFrames)
  }

  /// Whether it saves more than it costs.
  var areWorthIt: Bool { count >= 8 }

  mutating func append(_ frame: ArraySlice<UInt8>, id: Int64, items: Int, room: UInt64) {
    bytes += frame
    ids = (ids?.lowerBound ?? id)...id
    count += 1
    self.items += items
    self.room += room
  }

  mutating func removeAll() { self = SmallFrames() }

  /// Forgets them where some are deleted: the rest stays as it is.
  mutating func forget(upTo id: Int64) {
    if let ids, ids.lowerBound <= id { removeAll() }
  }
}
