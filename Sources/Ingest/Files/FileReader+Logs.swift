import Store

/// Records of logs.
extension FileReader {
  /// Takes a request in protobuf, of whichever kind it is.
  func take(request body: WireBytes) throws(FileError) -> Fault? {
    switch RequestKind(ofRequest: body) {
    case .spans: try take(protobuf: body)
    case .logs: try take(logs: body)
    }
  }

  /// Takes a request of logs in protobuf; `bytes` is how long it was where it was written anew.
  func take(logs body: WireBytes, bytes: Int? = nil) throws(FileError) -> Fault? {
    let logs = sink.logs
    do throws(WireError) {
      unsafe try logDecoder.decode(body.buffer, into: logs)
    } catch {
      return Fault(text: error.fileText, offset: error.offset)
    }
    report.records += 1
    report.logs += UInt64(logs.lines.count + logs.withoutTrace)
    report.logsWithoutTrace += UInt64(logs.withoutTrace)
    add(try sink.takeLogs(body, bytes: bytes ?? body.count, at: place()))
    return nil
  }

  /// Takes a request of logs in JSON, or one element of its `resourceLogs`: written anew as protobuf
  /// first, since logs are few beside spans.
  func take(jsonLogs body: WireBytes, isElement: Bool) throws(FileError) -> Fault? {
    scratch.removeAll()
    let transcoder = JSONTranscoder(scratch: scratch)
    var writer = WireWriter(reserving: body.count / 2)
    do throws(JSONError) {
      if isElement {
        var reader = JSONReader(body, scratch: scratch)
        try writer.message(1) { (writer: inout WireWriter) throws(JSONError) in
          try transcoder.message(.resourceLogs, &reader, &writer)
        }
        guard reader.isAtEnd() else { throw reader.error(.trailing) }
      } else {
        writer.raw(try transcoder.request(body, as: .logsRequest))
      }
    } catch {
      return Fault(error)
    }
    let request = writer.bytes
    let fault = unsafe try MessageBytes(request).withUnsafeBytes {
      (bytes: UnsafeRawBufferPointer) throws(FileError) -> Fault? in
      unsafe try take(logs: WireBytes(bytes), bytes: body.count)
    }
    // Its offset would be one of the request that was made.
    return fault.map { Fault(text: $0.text, offset: 0) }
  }
}
