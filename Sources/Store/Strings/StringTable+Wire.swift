/// Interning runs whose address is nobody's business.
extension StringTable {
  /// The id of a run of bytes, new or known.
  func intern(_ bytes: WireBytes) -> UInt32 {
    unsafe intern(bytes.base, bytes.count, hash: Bytes.hash(bytes.base, bytes.count))
  }

  func intern(_ text: SpanBatch.Text) -> UInt32 {
    unsafe intern(text.bytes.base, text.length, hash: text.hash)
  }

  func intern(_ bytes: [UInt8]) -> UInt32 {
    unsafe bytes.withUnsafeBytes { intern(unsafe WireBytes($0)) }
  }
}
