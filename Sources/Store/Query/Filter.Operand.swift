extension Filter {
  /// What a value is compared with, in every reading that applies: `200` is text and a number.
  ///
  /// A literal's readings follow from its text alone, so two literals with one text are equal.
  public struct Operand: Equatable, Sendable {
    /// How text is compared with it.
    public enum Form: Equatable, Sendable {
      case literal
      /// `gpt-4o*`: with `=` and `!=` only.
      case glob(Glob)
      /// With `=~` and `!~` only.
      case regex(RegularExpression)
    }

    /// The text meant, free of quotes and escapes; the source of a glob or a regular expression.
    public let text: String
    public let form: Form
    /// The readings of a literal besides text; nil where it has none.
    public let number: Number?
    public let duration: Nanoseconds?
    public let boolean: Bool?
    public let moment: UnixNanos?

    /// A literal: exactly this text, and what it reads as.
    public init(_ text: String) {
      self.text = text
      form = .literal
      number = Number(text)
      duration = Nanoseconds(filterText: text)
      boolean = text == "true" ? true : text == "false" ? false : nil
      moment = UnixNanos(filterText: text)
    }

    public init(_ glob: Glob) {
      self.init(text: glob.source, form: .glob(glob))
    }

    public init(_ regex: RegularExpression) {
      self.init(text: regex.pattern, form: .regex(regex))
    }

    private init(text: String, form: Form) {
      self.text = text
      self.form = form
      number = nil
      duration = nil
      boolean = nil
      moment = nil
    }

    /// Text is compared by bytes, so é in one and in two code points are two things here too.
    public static func == (left: Operand, right: Operand) -> Bool {
      left.form == right.form && left.text.utf8.elementsEqual(right.text.utf8)
    }
  }
}
