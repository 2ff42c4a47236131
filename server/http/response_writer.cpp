#include "server/http/response_writer.h"

#include <QDateTime>
#include <QLocale>
#include <QLoggingCategory>

Q_LOGGING_CATEGORY(lcResponse, "squad.http")

namespace {

QByteArrayView reason(int status)
{
    switch (status) {
    case 101:
        return "Switching Protocols";
    case 200:
        return "OK";
    case 201:
        return "Created";
    case 202:
        return "Accepted";
    case 204:
        return "No Content";
    case 301:
        return "Moved Permanently";
    case 302:
        return "Found";
    case 303:
        return "See Other";
    case 304:
        return "Not Modified";
    case 308:
        return "Permanent Redirect";
    case 400:
        return "Bad Request";
    case 401:
        return "Unauthorized";
    case 403:
        return "Forbidden";
    case 404:
        return "Not Found";
    case 405:
        return "Method Not Allowed";
    case 408:
        return "Request Timeout";
    case 409:
        return "Conflict";
    case 412:
        return "Precondition Failed";
    case 413:
        return "Content Too Large";
    case 415:
        return "Unsupported Media Type";
    case 417:
        return "Expectation Failed";
    case 422:
        return "Unprocessable Content";
    case 426:
        return "Upgrade Required";
    case 429:
        return "Too Many Requests";
    case 431:
        return "Request Header Fields Too Large";
    case 500:
        return "Internal Server Error";
    case 501:
        return "Not Implemented";
    case 503:
        return "Service Unavailable";
    case 504:
        return "Gateway Timeout";
    case 505:
        return "HTTP Version Not Supported";
    default:
        return ""; // the phrase may be empty
    }
}

bool isToken(QByteArrayView name)
{
    return !name.isEmpty() && std::ranges::all_of(name, [](char c) {
        return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z')
            || QByteArrayView("!#$%&'*+-.^_`|~").contains(c);
    });
}

bool isFieldValue(QByteArrayView value)
{
    return std::ranges::all_of(value, [](char c) {
        return c == '\t' || (static_cast<unsigned char>(c) >= ' ' && c != '\x7f');
    });
}

void append(QByteArray &head, const QByteArray &name, const QByteArray &value)
{
    if (!isToken(name) || !isFieldValue(value)) {
        qCCritical(lcResponse) << "dropped a response header that would break the message:" << name;
        return;
    }
    head += name + ": " + value + "\r\n";
}

void appendUnlessSet(QByteArray &head, const Response &response, const char *name, const char *value)
{
    if (response.header(name).isNull())
        head.append(name).append(": ").append(value).append("\r\n");
}

} // namespace

QByteArray writeResponse(const Response &response, const ResponseFrame &frame)
{
    const bool hasBody = response.status != 204 && response.status != 304 && response.status >= 200;
    QByteArray bytes;
    bytes.reserve(640 + (frame.isHead ? 0 : response.body.size()));
    bytes.append("HTTP/1.1 ")
        .append(QByteArray::number(response.status))
        .append(' ')
        .append(reason(response.status));
    bytes.append("\r\nDate: ").append(frame.date).append("\r\n");
    if (hasBody) {
        if (!response.contentType.isEmpty())
            append(bytes, "Content-Type", response.contentType);
        bytes.append("Content-Length: ").append(QByteArray::number(response.body.size())).append("\r\n");
    }
    if (!frame.isKeptAlive)
        bytes.append("Connection: close\r\n");
    else if (frame.isVersion10)
        bytes.append("Connection: keep-alive\r\n");
    if (!frame.requestId.isEmpty())
        bytes.append("X-Request-Id: ").append(frame.requestId).append("\r\n");
    for (const Response::Header &header : response.headers)
        append(bytes, header.name, header.value);

    const bool isPage = response.contentType.startsWith("text/html");
    appendUnlessSet(bytes, response, "Cache-Control", "no-store");
    appendUnlessSet(
        bytes,
        response,
        "Content-Security-Policy",
        isPage ? "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
                 "frame-ancestors 'none'"
               : "default-src 'none'; frame-ancestors 'none'"
    );
    appendUnlessSet(bytes, response, "X-Content-Type-Options", "nosniff");
    appendUnlessSet(bytes, response, "Referrer-Policy", "no-referrer");
    if (frame.isSecure)
        appendUnlessSet(bytes, response, "Strict-Transport-Security", "max-age=31536000");
    bytes.append("\r\n");
    if (hasBody && !frame.isHead)
        bytes.append(response.body);
    return bytes;
}

QByteArray httpDate(qint64 secondsSinceEpoch)
{
    // Days and months in English whatever the locale, which strftime would follow.
    const QDateTime time = QDateTime::fromSecsSinceEpoch(secondsSinceEpoch, Qt::UTC);
    return QLocale::c().toString(time, QStringLiteral("ddd, dd MMM yyyy HH:mm:ss 'GMT'")).toLatin1();
}

bool isKnown(const QByteArray &ifNoneMatch, const QByteArray &etag)
{
    if (ifNoneMatch.isEmpty() || etag.isEmpty())
        return false;
    if (ifNoneMatch == "*")
        return true;
    const auto strong = [](QByteArray tag) { return tag.startsWith("W/") ? tag.mid(2) : tag; };
    const QByteArrayList tags = ifNoneMatch.split(',');
    return std::ranges::any_of(tags, [&](const QByteArray &tag) {
        return strong(tag.trimmed()) == strong(etag);
    });
}
