internal import NIOCore

/// The bytes of one message: contiguous, immutable, shared without copying.
public struct MessageBytes: Sendable, Equatable {
  let buffer: ByteBuffer

  init(_ buffer: ByteBuffer) { self.buffer = buffer }

  public init(_ bytes: some Sequence<UInt8>) { buffer = ByteBuffer(bytes: bytes) }

  public var count: Int { buffer.readableBytes }

  /// A copy as an array.
  public var bytes: [UInt8] { Array(buffer.readableBytesView) }

  /// The bytes in place, for as long as `body` runs.
  public func withUnsafeBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    // NIO's own function is untyped in what it throws, so the outcome is carried out by hand.
    let outcome = unsafe buffer.withUnsafeReadableBytes { bytes in
      Swift.Result { () throws(Failure) -> Result in unsafe try body(bytes) }
    }
    return try outcome.get()
  }
}
