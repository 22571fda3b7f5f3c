internal import NIOCore
import Store

/// Reads messages with their lengths in front. The Collector's file exporter writes so what is protobuf,
/// and JSON too where it compresses each message.
struct FramedFileReader {
  private let file: FileReader
  private let isVarint: Bool
  private let inflater = Inflater()
  private var window: FileWindow { file.window }

  init(_ file: FileReader, isVarint: Bool) {
    self.file = file
    self.isVarint = isVarint
  }

  func run() throws(FileError) {
    while try window.fill(to: 1) {
      _ = try window.fill(to: 5)
      guard let head = isVarint ? FrameHead(varint: window.bytes) : FrameHead(word: window.bytes)
      else {
        return file.problem(
          window.count < 5 ? "cut off inside a length" : "not a length; the rest is left out")
      }
      let whole = head.size + head.length
      guard head.length <= file.limit else {
        file.problem("a record of \(head.length) bytes, longer than \(file.limit), is left out")
        guard try window.pass(whole) else { return }
        continue
      }
      guard try window.fill(to: whole) else {
        return file.problem("cut off: \(window.count) of \(whole) bytes of the last record")
      }
      // Safe: the bytes were just seen to be there.
      let body = unsafe WireBytes(window.bytes.address + head.size, count: head.length)
      if let fault = try take(body) { file.problem(fault, at: head.size) }
      window.consume(whole)
    }
  }

  private func take(_ body: WireBytes) throws(FileError) -> FileReader.Fault? {
    if body.isEmpty { return nil }
    guard unsafe ContentEncoding(magic: body.buffer.prefix(4)) == .zstd else {
      return try takePlain(body)
    }
    file.note(format: "length-prefixed messages, zstd each")
    var buffers = BodyBuffers()
    let plain: ByteBuffer
    do throws(CompressionError) {
      plain = unsafe try inflater.inflate(
        ByteBuffer(bytes: body.buffer), .zstd, limit: file.limit, buffers: &buffers)
    } catch {
      return FileReader.Fault(text: "\(error)", offset: 0)
    }
    let fault = unsafe try MessageBytes(plain).withUnsafeBytes {
      (bytes: UnsafeRawBufferPointer) throws(FileError) -> FileReader.Fault? in
      unsafe try takePlain(WireBytes(bytes))
    }
    // A place in what is compressed says nothing of the file.
    return fault.map { FileReader.Fault(text: $0.text, offset: 0) }
  }

  private func takePlain(_ body: WireBytes) throws(FileError) -> FileReader.Fault? {
    guard FileFormat.isJSON(body) else { return try file.take(request: body) }
    return JSONFileReader.beginsRequest(body) == .logs
      ? try file.take(jsonLogs: body, isElement: false) : try file.take(json: body)
  }
}
