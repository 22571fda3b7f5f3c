/// Searching what is sorted.
extension Range<Int> {
  /// The first place that satisfies, where each one after it does too; the end where none does. Looks at
  /// as many places as their number has bits.
  @inline(__always)
  public func bisect(_ satisfies: (Int) -> Bool) -> Int {
    var (low, high) = (lowerBound, upperBound)
    while low < high {
      let middle = (low + high) / 2
      if satisfies(middle) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
