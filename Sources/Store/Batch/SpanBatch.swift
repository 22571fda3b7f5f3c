/// The spans of one request as columns, on their way from a decoder to the store.
///
/// Reused from request to request by one event loop. What it holds points into the request's bytes
/// and into ``arena``, so it must be appended to a store before either goes.
public final class SpanBatch {
  /// One attribute: a key of this batch and a value, strings with their hash.
  @usableFromInline struct AttributeEntry: BitwiseCopyable {
    /// The address of bytes, or the value's bits.
    var payload: UInt64
    var hash: UInt64
    var length: UInt32
    /// The key's id above eight bits of ``ValueReference/Kind``.
    var keyAndKind: UInt32

    @inline(__always) var key: Int { Int(keyAndKind >> 8) }
    @inline(__always) var kind: ValueReference.Kind {
      ValueReference.Kind(rawValue: keyAndKind & 0xFF) ?? .constant
    }
    /// The bytes of a value that is a run of them.
    @inline(__always) var bytes: WireBytes {
      unsafe WireBytes(
        UnsafePointer(bitPattern: UInt(payload)).unsafelyUnwrapped, count: Int(length))
    }
  }

  /// A run of bytes with its hash.
  struct Text: BitwiseCopyable {
    var address: UInt64
    var hash: UInt64
    var length: Int

    init(_ bytes: WireBytes) {
      address = unsafe UInt64(UInt(bitPattern: bytes.base))
      length = bytes.count
      hash = unsafe Bytes.hash(bytes.base, bytes.count)
    }

    /// Bytes that are kept as they are and never looked for: their hash is nobody's business.
    init(unhashed bytes: WireBytes) {
      address = unsafe UInt64(UInt(bitPattern: bytes.base))
      length = bytes.count
      hash = 0
    }

    var bytes: WireBytes {
      unsafe WireBytes(UnsafePointer(bitPattern: UInt(address)).unsafelyUnwrapped, count: length)
    }
  }

  /// A value that some span (or its resource) has for a dimension.
  struct DimensionEntry: BitwiseCopyable {
    var attribute: Int
    var dimension: UInt8
    var rank: UInt8
  }

  /// The amounts of a span that has any.
  struct Measures: BitwiseCopyable {
    var tokensIn: UInt64 = 0
    var tokensOut: UInt64 = 0
    /// Both together, where a key says so.
    var tokens: UInt64 = 0
    var costUSD: Double = 0
    /// Nanoseconds.
    var timeToFirstToken: UInt64 = 0
    /// The rank of the alias that was seen for each; 255 where none was.
    var tokensInRank: UInt8 = 255
    var tokensOutRank: UInt8 = 255
    var tokensRank: UInt8 = 255
    var costRank: UInt8 = 255
    var timeToFirstTokenRank: UInt8 = 255
  }

  /// The fixed part of a span.
  struct SpanEntry: BitwiseCopyable {
    var traceHigh: UInt64 = 0
    var traceLow: UInt64 = 0
    var spanID: UInt64 = 0
    var parentID: UInt64 = 0
    var start: UInt64 = 0
    var end: UInt64 = 0
    var name = Text(.empty)
    /// Fields that few spans have, as the wire bytes of a `Span` with those fields alone.
    var extras = Text(.empty)
    var kind: Int32 = 0
    var statusCode: Int32 = 0
    var flags: UInt32 = 0
    var evidence: UInt32 = 0
    var attributes: Int = 0
    var attributeEnd: Int = 0
    var dimensions: Int = 0
    var dimensionEnd: Int = 0
    /// One more than the index into `measures`; zero for none.
    var measures: Int = 0
    var resource: Int = 0
    var scope: Int = 0
    var eventCount: Int = 0
    var role: UInt8 = 0
  }

  /// A resource or scope: its message's bytes, its `schema_url`, and its attributes.
  struct OriginEntry: BitwiseCopyable {
    var message: Text
    var schemaURL: Text
    /// `service.name` of a resource, the name of a scope.
    var name: Text
    var attributes: Int
    var attributeEnd: Int
    var dimensions: Int
    var dimensionEnd: Int
    /// The role that the service's name decides, plus one; zero where it decides none.
    var role: UInt8 = 0
  }

  var spans = GrowingBuffer<SpanEntry>(capacity: 512)
  @usableFromInline var attributes = GrowingBuffer<AttributeEntry>(capacity: 8_192)
  var dimensions = GrowingBuffer<DimensionEntry>(capacity: 512)
  var measures = GrowingBuffer<Measures>(capacity: 64)
  var resources = GrowingBuffer<OriginEntry>(capacity: 16)
  var scopes = GrowingBuffer<OriginEntry>(capacity: 16)
  /// Where bytes go that the request does not hold as they are needed.
  public let arena = Arena()
  let keys: BatchKeys
  let words: VocabularyWords
  let nameRoles: NameRoles

  // The span that is being filled.
  var span = SpanEntry()
  var spanMeasures = Measures()
  var hasMeasures = false
  /// The role that `gen_ai.operation.name` decides, plus one.
  var operationRole: UInt8 = 0
  /// Whether an attribute says that a model was called.
  var isModelCall = false
  /// Whether an event tells of the first token.
  var hasFirstTokenEvent = false
  var invalidID: String?
  var invalidParent = false
  /// The number of the attribute key before, or -1.
  var previousKey = -1

  /// Spans refused because an id is not valid, and why the first of them was.
  public internal(set) var rejected = 0
  public internal(set) var rejection: String?
  /// The places of spans that came too late: their traces were thinned away. Filled by the store.
  public internal(set) var late: [Int] = []
  /// Strings that were kept with replacement characters.
  public var repairedStrings = 0

  let limits: BatchLimits
  /// The most attributes that are taken; see ``isFullOfAttributes``.
  @usableFromInline let mostAttributes: Int
  let seed = Bytes.seed

  public init(vocabulary: Vocabulary = .standard, limits: BatchLimits = BatchLimits()) {
    keys = BatchKeys(vocabulary)
    self.limits = limits
    mostAttributes = limits.attributes
    words = VocabularyWords(vocabulary)
    nameRoles = NameRoles(words)
  }

  /// Spans that are ready to be appended.
  public var count: Int { spans.count }

  /// Forgets the last request, and the memory that only an unusually large one needs.
  public func removeAll() {
    late.removeAll()
    spans.removeAll(keepingAtMost: 1 << 14)
    attributes.removeAll(keepingAtMost: 1 << 18)
    dimensions.removeAll(keepingAtMost: 1 << 16)
    measures.removeAll(keepingAtMost: 1 << 14)
    resources.removeAll(keepingAtMost: 1 << 12)
    scopes.removeAll(keepingAtMost: 1 << 12)
    arena.removeAll()
    keys.forgetIfMany()
    nameRoles.forgetIfMany()
    previousKey = -1
    rejected = 0
    rejection = nil
    repairedStrings = 0
  }
}
