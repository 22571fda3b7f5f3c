import Glibc
import Store

/// The bytes of a file that are being looked at, decompressed: more are read at the end, those done
/// with go at the beginning.
///
/// Memory is what lies between the two: a record that is being put together, and a block.
@safe final class FileWindow {
  /// How much is read at a time, in bytes: enough that the calls cost nothing beside the decoding.
  static let blockBytes = 256 << 10
  /// A window that grew past this for one record is given back when that record is done, in bytes.
  private static let maximumKeptBytes = 4 << 20

  private let input: FileInput
  private(set) var encoding: ContentEncoding?
  private var inflater: (any StreamInflater)?
  /// Compressed bytes that were read and not yet decompressed.
  private var packed: UnsafeMutableRawBufferPointer
  private var packedStart = 0
  private var packedEnd = 0
  /// Compressed bytes that were decompressed, from the file's beginning.
  private var unpacked: UInt64 = 0

  private var base: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  private var start = 0
  private var end = 0

  /// How many decompressed bytes stand before the window.
  private(set) var offset: UInt64 = 0
  /// The number of the line that the window begins in, counted from 1 where lines are counted.
  private(set) var line: UInt64 = 1
  /// Whether what is done with is searched for line ends.
  var countsLines = false
  /// Whether there is nothing more to read.
  private(set) var isAtEnd = false
  /// Why the input ended before its time; nil where it did not.
  private(set) var loss: String?

  init(_ input: FileInput) {
    self.input = input
    capacity = Self.blockBytes * 2
    unsafe base = .allocate(capacity: capacity)
    unsafe packed = .allocate(byteCount: Self.blockBytes, alignment: 16)
  }

  deinit {
    unsafe base.deallocate()
    unsafe packed.deallocate()
  }

  // MARK: - Looking

  /// What is there and not done with; good until the next call of anything that changes the window.
  var bytes: WireBytes {
    // Safe: `start` and `end` are kept inside the allocation.
    unsafe WireBytes(base + start, count: end - start)
  }

  var count: Int { end - start }

  /// Reads until so many bytes are there; false where the input ends before.
  func fill(to wanted: Int) throws(FileError) -> Bool {
    while count < wanted {
      guard try fill() else { return false }
    }
    return true
  }

  /// Where the next byte of this kind stands, at `from` or behind it; nil where none is there.
  func find(_ byte: UInt8, from: Int = 0) -> Int? {
    guard from < count else { return nil }
    // Safe: searched within the bytes that are there.
    let found = unsafe memchr(base + start + from, Int32(byte), count - from)
    return unsafe found.map { unsafe UnsafeRawPointer($0) - UnsafeRawPointer(base + start) }
  }

  /// How many line ends stand in the first bytes.
  func lineEnds(in length: Int) -> UInt64 {
    var lines: UInt64 = 0
    var place = 0
    while let end = find(0x0A, from: place), end < length {
      lines += 1
      place = end + 1
    }
    return lines
  }

  // MARK: - Moving

  /// Is done with the first bytes.
  func consume(_ length: Int) {
    precondition(length >= 0 && length <= count, "more is consumed than is there")
    if countsLines { line += lineEnds(in: length) }
    start += length
    offset += UInt64(length)
  }

  /// Adds bytes at the end, however many come at once; false where there are none.
  func fill() throws(FileError) -> Bool {
    guard !isAtEnd else { return false }
    makeRoom()
    if encoding == nil { try recognise() }
    return inflater == nil ? try fillPlain() : try fillInflated()
  }

  private var room: UnsafeMutableRawBufferPointer {
    // Safe: `end` is inside the allocation.
    unsafe UnsafeMutableRawBufferPointer(start: base + end, count: capacity - end)
  }

  private func fillPlain() throws(FileError) -> Bool {
    if packedStart < packedEnd {
      // What was read to recognise the compression, where there is none.
      let length = packedEnd - packedStart
      unsafe room.copyMemory(from: leftPacked)
      end += length
      packedStart = packedEnd
      return true
    }
    let length = unsafe try input.read(into: room)
    end += length
    isAtEnd = length == 0
    return length > 0
  }

  private func fillInflated() throws(FileError) -> Bool {
    guard let inflater else { return false }
    while true {
      let step: (read: Int, written: Int)
      do throws(CompressionError) {
        step = unsafe try inflater.inflate(leftPacked, into: room)
      } catch {
        return lose(error)
      }
      packedStart += step.read
      unpacked += UInt64(step.read)
      end += step.written
      if step.written > 0 { return true }
      if packedStart == packedEnd || step.read == 0 {
        guard try readPacked() else {
          isAtEnd = true
          if !inflater.isBetweenMembers, !input.wasEnded {
            loss = "the \(name) data is cut off at byte \(unpacked) of the file"
          }
          return false
        }
      }
    }
  }

  /// The compressed bytes that are left.
  private var leftPacked: UnsafeRawBufferPointer {
    // Safe: both are kept inside the buffer.
    unsafe UnsafeRawBufferPointer(rebasing: packed[packedStart..<packedEnd])
  }

  private var name: String { encoding?.rawValue ?? "" }

  private func lose(_ error: CompressionError) -> Bool {
    isAtEnd = true
    loss =
      switch error {
      case .malformed(_, let within):
        "not valid \(name) from byte \(unpacked + UInt64(within)) of the file on"
      case .windowTooLarge(let limit): "a zstd window larger than \(limit >> 20) MiB"
      case .tooLong, .outOfMemory: "there is no memory to decompress it"
      }
    return false
  }

  /// Reads another piece of compressed bytes behind those that are left.
  private func readPacked() throws(FileError) -> Bool {
    let left = packedEnd - packedStart
    if packedStart > 0 {
      // The two may overlap, as memmove takes them.
      unsafe UnsafeMutableRawBufferPointer(rebasing: packed[..<left]).copyMemory(from: leftPacked)
      packedStart = 0
      packedEnd = left
    }
    guard packedEnd < Self.blockBytes else { return false }
    let length = unsafe try input.read(
      into: UnsafeMutableRawBufferPointer(rebasing: packed[packedEnd...]))
    packedEnd += length
    return length > 0
  }

  private func recognise() throws(FileError) {
    while packedEnd < ContentEncoding.magicBytes, try readPacked() {}
    let found = unsafe ContentEncoding(magic: leftPacked)
    encoding = found
    do throws(CompressionError) {
      inflater = try found.streamInflater()
    } catch {
      _ = lose(error)
    }
  }

  /// Sees to it that a block fits behind the end.
  private func makeRoom() {
    let needed = count + Self.blockBytes
    let isOversized = capacity > Self.maximumKeptBytes && needed <= Self.blockBytes * 2
    guard capacity - end < Self.blockBytes || isOversized else { return }
    if needed <= capacity, !isOversized, start >= capacity / 2 {
      unsafe base.update(from: base + start, count: count)
    } else {
      let larger = isOversized ? Self.blockBytes * 2 : max(capacity, needed) * 2
      let moved = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
      unsafe moved.update(from: base + start, count: count)
      unsafe base.deallocate()
      unsafe base = moved
      capacity = larger
    }
    end = count
    start = 0
  }
}
