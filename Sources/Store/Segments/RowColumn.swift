/// One fixed column of a segment: an element for each row, read and written within bounds only.
@safe struct RowColumn<Element: BitwiseCopyable> {
  private let base: UnsafeMutablePointer<Element>

  init(_ base: UnsafeMutablePointer<Element>) { unsafe self.base = base }

  @inline(__always)
  subscript(row: Int) -> Element {
    get {
      precondition(row >= 0 && row < SegmentRows.maximum, "row is outside of a segment")
      return unsafe base[row]
    }
    nonmutating set {
      precondition(row >= 0 && row < SegmentRows.maximum, "row is outside of a segment")
      unsafe base[row] = newValue
    }
  }
}
