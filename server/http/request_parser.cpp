#include "server/http/request_parser.h"

#include "server/http/header_scan.h"

#include <boost/beast/http/basic_parser.hpp>

// The only file that includes Boost.Beast: it takes longer to compile than all others of this folder.

using namespace Qt::StringLiterals;
namespace beast = boost::beast;
namespace http = boost::beast::http;

namespace {

// Chunk sizes with their extensions, and trailers, arrive outside of any other limit.
constexpr qsizetype maxChunkHeader = 4096;

QByteArray toBytes(beast::string_view text)
{
    return { text.data(), static_cast<qsizetype>(text.size()) };
}

// Beast's push parser, filling in our Head. Trailers are read and dropped.
class BeastParser final : public http::basic_parser<true>
{
public:
    RequestParser::Head head;
    QByteArray body;
    qint64 bodySize = 0;
    RequestParser::Keep keep = RequestParser::Keep::body;
    bool isVersionWrong = false;

private:
    void
    on_request_impl(http::verb, beast::string_view method, beast::string_view target, int version, beast::error_code &)
        override
    {
        head.method = toBytes(method);
        head.target = toBytes(target);
        head.isVersion10 = version == 10;
    }
    void on_response_impl(int, beast::string_view, int, beast::error_code &) override { }
    void on_field_impl(http::field, beast::string_view name, beast::string_view value, beast::error_code &)
        override
    {
        if (!is_header_done())
            head.headers.add(toBytes(name).toLower(), toBytes(value));
    }
    void on_header_impl(beast::error_code &) override { }
    void on_body_init_impl(boost::optional<std::uint64_t> const &, beast::error_code &) override { }
    std::size_t on_body_impl(beast::string_view bytes, beast::error_code &) override { return store(bytes); }
    void on_chunk_header_impl(std::uint64_t, beast::string_view, beast::error_code &) override { }
    std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view bytes, beast::error_code &) override
    {
        return store(bytes);
    }
    void on_finish_impl(beast::error_code &) override { }

    std::size_t store(beast::string_view bytes)
    {
        bodySize += static_cast<qint64>(bytes.size());
        if (keep == RequestParser::Keep::body)
            body.append(bytes.data(), static_cast<qsizetype>(bytes.size()));
        return bytes.size();
    }
};

bool isDigits(const QByteArray &text)
{
    return !text.isEmpty() && text.size() <= 15
        && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// reg-name, IPv4 or bracketed IPv6 with an optional port: no user, no path, no list.
bool isHost(const QByteArray &host)
{
    return !host.isEmpty() && std::ranges::all_of(host, [](char c) {
        return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z')
            || QByteArrayView("-._~:[]").contains(c);
    });
}

// "GET / HTTP/2.0": readable, but of a version we do not speak.
bool namesAnotherVersion(QByteArrayView header)
{
    const QByteArrayView line = header.first(std::max<qsizetype>(header.indexOf('\r'), 0));
    const QByteArrayView version = line.sliced(line.lastIndexOf(' ') + 1);
    const auto isDigit = [](char c) { return c >= '0' && c <= '9'; };
    return version.size() == 8 && version != QByteArrayView("HTTP/1.1") && version.startsWith("HTTP/")
        && isDigit(version.at(5)) && version.at(6) == '.' && isDigit(version.at(7));
}

} // namespace

struct RequestParser::State
{
    enum class Phase { header, decision, body, complete, refused };

    qsizetype maxHeaderBytes;
    qsizetype maxHeaderFields;
    Phase phase = Phase::header;
    QByteArray buffer;
    HeaderScan scan;
    std::optional<BeastParser> beast;
    Refusal refusal = Refusal::malformed;
    QString detail;

    State(qsizetype headerBytes, qsizetype headerFields)
        : maxHeaderBytes(headerBytes)
        , maxHeaderFields(headerFields)
    {
    }

    Step refuse(Refusal why, const QString &text)
    {
        phase = Phase::refused;
        refusal = why;
        detail = text;
        buffer.clear();
        return Step::refused;
    }

    void consume(qsizetype size)
    {
        if (size == buffer.size())
            buffer.clear(); // gives the memory back: most connections are idle most of the time
        else
            buffer.remove(0, size);
    }

    Step readHeader();
    Step checkHead();
    Step readBody();
};

RequestParser::RequestParser(qsizetype headerBytes, qsizetype headerFields)
    : m_state(std::make_unique<State>(headerBytes, headerFields))
{
}

RequestParser::~RequestParser() = default;

void RequestParser::append(QByteArrayView bytes)
{
    m_state->buffer.append(bytes);
}

RequestParser::Step RequestParser::advance()
{
    State &state = *m_state;
    if (state.phase == State::Phase::complete) {
        state.beast.reset();
        state.phase = State::Phase::header;
    }
    if (state.phase == State::Phase::header)
        return state.readHeader();
    if (state.phase == State::Phase::body)
        return state.readBody();
    return state.phase == State::Phase::decision ? Step::header : Step::refused;
}

// Beast sees a header only when all of it is there and its line ends are right: until then a scan looks at
// each byte once, and refuses at once what can never become a request.
RequestParser::Step RequestParser::State::readHeader()
{
    while (scan.isAtStart() && buffer.startsWith("\r\n")) // RFC 9112, 2.2: left by an old client after a POST
        consume(2);
    if (scan.isAtStart() && buffer == "\r")
        return Step::needsBytes;
    const HeaderScan::Verdict verdict = scan.scan(buffer, maxHeaderBytes);
    if (verdict == HeaderScan::Verdict::malformed)
        return refuse(
            Refusal::malformed, u"The header has a line end or character that does not belong there."_s
        );
    if (verdict == HeaderScan::Verdict::tooLarge)
        return refuse(Refusal::headerTooLarge, u"The header is larger than %1 bytes."_s.arg(maxHeaderBytes));
    if (verdict == HeaderScan::Verdict::incomplete)
        return Step::needsBytes;

    const qsizetype size = scan.headerSize();
    scan = {};
    beast.emplace();
    beast->eager(true);
    beast->header_limit(static_cast<std::uint32_t>(maxHeaderBytes) + 4);
    beast->body_limit(boost::none);
    beast::error_code error;
    beast->put(boost::asio::const_buffer(buffer.constData(), static_cast<size_t>(size)), error);
    if (error && error != http::error::need_more) {
        if (error == http::error::bad_version && namesAnotherVersion(buffer))
            return refuse(Refusal::versionUnknown, u"HTTP/1.1 and 1.0 are spoken here."_s);
        return refuse(
            Refusal::malformed,
            u"The header cannot be read: %1."_s.arg(QString::fromStdString(error.message()))
        );
    }
    if (!beast->is_header_done())
        return refuse(Refusal::malformed, u"The header cannot be read."_s);
    consume(size);
    return checkHead();
}

RequestParser::Step RequestParser::State::checkHead()
{
    Head &head = beast->head;
    const Headers &headers = head.headers;
    if (headers.fields().size() > maxHeaderFields)
        return refuse(Refusal::headerTooLarge, u"The header has more than %1 fields."_s.arg(maxHeaderFields));
    const qsizetype hosts = headers.count("host");
    if (hosts > 1 || (hosts == 0 && !head.isVersion10) || (hosts == 1 && !isHost(headers.value("host"))))
        return refuse(Refusal::malformed, u"The request must name one host."_s);
    const qsizetype lengths = headers.count("content-length");
    if (lengths > 1 || (lengths == 1 && !isDigits(headers.value("content-length"))))
        return refuse(Refusal::malformed, u"Content-Length must be one whole number."_s);
    const qsizetype codings = headers.count("transfer-encoding");
    if (codings > 0 && (head.isVersion10 || lengths > 0 || codings > 1))
        return refuse(Refusal::malformed, u"Transfer-Encoding does not belong here."_s);
    if (codings == 1 && headers.value("transfer-encoding").compare("chunked", Qt::CaseInsensitive) != 0)
        return refuse(Refusal::codingUnknown, u"The only transfer coding known here is chunked."_s);
    head.isChunked = codings == 1;
    head.contentLength = lengths == 1 ? headers.value("content-length").toLongLong() : 0;
    head.isKeptAlive = beast->keep_alive();
    phase = Phase::decision;
    return Step::header;
}

RequestParser::Step RequestParser::State::readBody()
{
    if (!beast->is_done()) {
        if (buffer.isEmpty())
            return Step::needsBytes;
        beast::error_code error;
        const size_t consumed = beast->put(
            boost::asio::const_buffer(buffer.constData(), static_cast<size_t>(buffer.size())), error
        );
        consume(static_cast<qsizetype>(consumed));
        if (error == http::error::body_limit)
            return refuse(Refusal::bodyTooLarge, u"The body is larger than this address accepts."_s);
        if (error && error != http::error::need_more)
            return refuse(
                Refusal::malformed,
                u"The body cannot be read: %1."_s.arg(QString::fromStdString(error.message()))
            );
    }
    if (!beast->is_done()) {
        // Beast takes in data as it comes, so that what is left is the line of a chunk's size, or a trailer.
        if (buffer.size() > maxChunkHeader || HeaderScan::hasBareLineFeed(buffer))
            return refuse(Refusal::malformed, u"A chunk's size or a trailer cannot be read."_s);
        return Step::needsBytes;
    }
    phase = Phase::complete;
    return Step::complete;
}

RequestParser::Head &RequestParser::head()
{
    return m_state->beast->head;
}

void RequestParser::readBody(qint64 limit, Keep keep)
{
    State &state = *m_state;
    Q_ASSERT(state.phase == State::Phase::decision);
    state.beast->keep = keep;
    if (head().contentLength > limit) {
        state.refuse(Refusal::bodyTooLarge, u"The body is larger than %1 bytes."_s.arg(limit));
        return;
    }
    if (head().isChunked)
        state.beast->body_limit(static_cast<std::uint64_t>(limit));
    state.phase = State::Phase::body;
}

qint64 RequestParser::bodySize() const
{
    return m_state->beast ? m_state->beast->body.size() : 0;
}

QByteArray RequestParser::takeBody()
{
    return std::move(m_state->beast->body);
}

RequestParser::Refusal RequestParser::refusal() const
{
    return m_state->refusal;
}

QString RequestParser::refusalDetail() const
{
    return m_state->detail;
}

bool RequestParser::isInRequest() const
{
    return isInBody() || !m_state->buffer.isEmpty();
}

bool RequestParser::isInBody() const
{
    return m_state->phase == State::Phase::body;
}

QByteArray RequestParser::takeRest()
{
    return std::move(m_state->buffer);
}
