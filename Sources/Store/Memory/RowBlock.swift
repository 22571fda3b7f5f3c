import Synchronization

/// The memory that rows are written to. Each open segment needs one and gives it back when it is sealed,
/// so the last one given back is kept: its pages are there already.
@safe final class RowBlock: @unchecked Sendable {
  // @unchecked: the pointer never changes; what is written there is the store's writer's business.
  let bytes: UnsafeMutableRawPointer

  private static let size = SegmentRows.maximum * SegmentRows.bytesPerRow
  /// The address of a block that nobody uses, or zero. Any thread may let go of a segment.
  private static let spare = Atomic<UInt>(0)

  /// Memory whose content is of no meaning.
  init() {
    let known = RowBlock.spare.exchange(0, ordering: .acquiring)
    unsafe bytes =
      UnsafeMutableRawPointer(bitPattern: known) ?? Pages.allocate(RowBlock.size)
  }

  deinit {
    let own = unsafe UInt(bitPattern: bytes)
    let before = RowBlock.spare.exchange(own, ordering: .acquiringAndReleasing)
    if let before = unsafe UnsafeMutableRawPointer(bitPattern: before) {
      unsafe Pages.free(before, RowBlock.size)
    }
  }
}
