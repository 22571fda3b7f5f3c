internal import Glibc

/// Asks the system for the parts of a journal that are about to be read.
///
/// Frames are read the newest first, so backwards, where the system does not read ahead by itself: of a
/// file that is not in memory each page would be waited for.
///
/// Nothing is ever read through the mapping, so a file that gets shorter does no harm. It outlives the
/// descriptor, which is closed before SQLite opens the file: to close one later would let go of SQLite's
/// locks (https://sqlite.org/howtocorrupt.html#_posix_advisory_locks_canceled_by_a_separate_thread_doing_close_).
struct ReadAhead: ~Copyable {
  /// How far ahead of the reader, in bytes: some hundredths of a second of a disk's time.
  static let windowBytes = 16 << 20

  /// Where the mapping begins; nobody else has it.
  private let address: UInt
  private let length: Int
  private var pieces: BackwardPieces
  /// Bytes of the file that were asked for, and that were read, about.
  private var asked = 0
  private var read = 0

  /// Maps the file and asks for its newest part; nil where that cannot be done, which costs time alone.
  init?(_ file: JournalFile) {
    let descriptor = unsafe open(file.path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      return nil
    }
    let length = Int(status.st_size)
    guard length > 0, let start = unsafe mmap(nil, length, PROT_NONE, MAP_SHARED, descriptor, 0),
      unsafe start != MAP_FAILED
    else { return nil }
    address = UInt(bitPattern: start)
    self.length = length
    // The frame begins there; it is longer than that by this much at most.
    let newest = JournalPages(descriptor)?.newestFrame() ?? length
    pieces = BackwardPieces(length: length, end: newest + JournalLimits.frameBytes)
    proceed(past: 0)
  }

  deinit { unsafe munmap(UnsafeMutableRawPointer(bitPattern: address), length) }

  /// Says that so many bytes more were read, and asks for as many.
  mutating func proceed(past bytes: Int) {
    read += bytes
    while asked < read + Self.windowBytes, let piece = pieces.next() {
      asked += piece.count
      // What the system makes of it, it need not say.
      unsafe madvise(
        UnsafeMutableRawPointer(bitPattern: address + UInt(piece.lowerBound)), piece.count,
        MADV_WILLNEED)
    }
  }
}

/// A file's pieces from a place backwards to its beginning, and from its end back to that place: a
/// journal that has its full length goes on at its beginning.
struct BackwardPieces: IteratorProtocol {
  /// The length of a piece, in bytes, and what each begins at a multiple of.
  static let pieceBytes = 1 << 20

  private let length: Int
  /// Where the next one ends, and where the last one begins, once the beginning was reached.
  private var end: Int
  private let last: Int
  private var isBehind = false

  /// Pieces of a file that is so many bytes long, from the one that `end` is in.
  init(length: Int, end: Int) {
    self.length = length
    self.end = min(length, (end / Self.pieceBytes + 1) * Self.pieceBytes)
    last = self.end
  }

  mutating func next() -> Range<Int>? {
    if end == 0, !isBehind {
      end = length
      isBehind = true
    }
    guard end > (isBehind ? last : 0) else { return nil }
    let piece = (end - 1) / Self.pieceBytes * Self.pieceBytes..<end
    end = piece.lowerBound
    return piece
  }
}
