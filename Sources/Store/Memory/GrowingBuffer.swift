/// A scratch array that keeps its memory between uses; elements are plain bits.
@safe public struct GrowingBuffer<Element: BitwiseCopyable>: ~Copyable {
  @usableFromInline var base: UnsafeMutablePointer<Element>
  @usableFromInline var capacity: Int
  public private(set) var count = 0

  public init(capacity: Int = 64) {
    self.capacity = max(capacity, 1)
    unsafe base = .allocate(capacity: self.capacity)
  }

  deinit { unsafe base.deallocate() }

  @inlinable @inline(__always) public subscript(index: Int) -> Element {
    get {
      precondition(index >= 0 && index < count, "index is outside the buffer")
      return unsafe base[index]
    }
    set {
      precondition(index >= 0 && index < count, "index is outside the buffer")
      unsafe base[index] = newValue
    }
  }

  /// The elements, for loops that have checked their bounds; valid until the next append.
  @inlinable public var elements: UnsafeMutablePointer<Element> { unsafe base }

  @inline(__always) public mutating func append(_ element: Element) {
    if count == capacity { grow() }
    // Safe: grown above where it was full.
    unsafe base[count] = element
    count += 1
  }

  public mutating func removeAll() { count = 0 }

  /// Makes room for so many elements, whose content is of no meaning until they are written.
  mutating func resize(to size: Int) {
    while capacity < size { grow() }
    count = size
  }

  /// Forgets the last elements.
  public mutating func removeLast(_ number: Int) {
    precondition(number >= 0 && number <= count, "more elements than there are")
    count -= number
  }

  /// Forgets the elements and gives back memory that an unusually large request took.
  public mutating func removeAll(keepingAtMost limit: Int) {
    count = 0
    guard capacity > limit else { return }
    unsafe base.deallocate()
    capacity = max(limit, 1)
    unsafe base = .allocate(capacity: capacity)
  }

  private mutating func grow() {
    let larger = UnsafeMutablePointer<Element>.allocate(capacity: capacity * 2)
    unsafe larger.update(from: base, count: count)
    unsafe base.deallocate()
    unsafe base = larger
    capacity *= 2
  }
}
