#include "shared/ui/launch_options.h"

#include <QCommandLineParser>
#include <QIODevice>

using namespace Qt::StringLiterals;

namespace {

const QList<QCommandLineOption> &known()
{
    static const QList<QCommandLineOption> options {
        { u"server"_s, u"Address of the server: https://squad.company.com"_s, u"URL"_s },
        { u"ca-file"_s, u"Also trust the certificate authorities in this PEM file"_s, u"FILE"_s },
        { u"email"_s, u"Sign in as this account"_s, u"ADDRESS"_s },
        { u"password-stdin"_s, u"Read the password from the first line of standard input, and sign in"_s },
        { u"profile"_s, u"Keep settings and sign-in apart from those of other profiles"_s, u"NAME"_s },
        { u"theme"_s, u"system, light or dark"_s, u"MODE"_s },
        { u"text"_s, u"Size of text in percent, 80 to 200"_s, u"PERCENT"_s },
        { u"size"_s, u"Size of the window, such as 1280x720"_s, u"WxH"_s },
        { u"page"_s, u"Open the page with this number"_s, u"N"_s },
        { u"screenshot"_s, u"Save a picture of the window when its content has come, and end"_s, u"FILE"_s },
    };
    return options;
}

tl::unexpected<Problem> refuse(const QString &option, const QString &why)
{
    return fail(Problem::invalid(u"--"_s + option, why));
}

Result<QSize> sizeFrom(const QString &text)
{
    const QStringList sides = text.split(u'x');
    const QSize size(sides.value(0).toInt(), sides.value(1).toInt());
    if (sides.size() != 2 || size.width() < 1 || size.height() < 1)
        return refuse(u"size"_s, u"must be width and height, such as 1280x720"_s);
    return size;
}

Result<Theme::Mode> modeFrom(const QString &text)
{
    static const QHash<QString, Theme::Mode> modes { { u"system"_s, Theme::Mode::system },
                                                     { u"light"_s, Theme::Mode::light },
                                                     { u"dark"_s, Theme::Mode::dark } };
    if (const auto mode = modes.constFind(text); mode != modes.constEnd())
        return *mode;
    return refuse(u"theme"_s, u"must be system, light or dark"_s);
}

Result<QUrl> serverFrom(const QString &text)
{
    const QUrl url = QUrl::fromUserInput(text);
    if (!url.isValid() || url.host().isEmpty() || !url.scheme().startsWith("http"_L1))
        return refuse(u"server"_s, u"must be an address such as https://squad.company.com"_s);
    return url;
}

Result<QList<QSslCertificate>> authoritiesFrom(const QString &path)
{
    const QList<QSslCertificate> authorities = QSslCertificate::fromPath(path);
    if (authorities.isEmpty())
        return refuse(u"ca-file"_s, u"holds no PEM certificate"_s);
    return authorities;
}

Result<Secret> passwordFrom(QIODevice &input)
{
    QByteArray line = input.readLine(Secret::maxLength + 2);
    while (line.endsWith('\n') || line.endsWith('\r'))
        line.chop(1);
    if (line.isEmpty())
        return refuse(u"password-stdin"_s, u"found no password on standard input"_s);
    return Secret(line);
}

} // namespace

Result<LaunchOptions> LaunchOptions::parse(const QStringList &arguments, QIODevice &input)
{
    QCommandLineParser parser;
    parser.addOptions(known());
    parser.addHelpOption();
    parser.addVersionOption();
    if (!parser.parse(arguments))
        return fail(Problem::invalid({}, parser.errorText()));
    if (parser.isSet(u"help"_s))
        parser.showHelp();
    if (parser.isSet(u"version"_s))
        parser.showVersion();

    LaunchOptions options;
    options.email = parser.value(u"email"_s);
    options.profile = parser.value(u"profile"_s);
    options.screenshot = parser.value(u"screenshot"_s);
    options.page = std::max(1, parser.value(u"page"_s).toInt()) - 1;
    if (parser.isSet(u"server"_s))
        options.server = TRY(serverFrom(parser.value(u"server"_s)));
    if (parser.isSet(u"ca-file"_s))
        options.authorities = TRY(authoritiesFrom(parser.value(u"ca-file"_s)));
    if (parser.isSet(u"theme"_s))
        options.mode = TRY(modeFrom(parser.value(u"theme"_s)));
    if (parser.isSet(u"text"_s))
        options.textPercent = parser.value(u"text"_s).toInt();
    if (parser.isSet(u"size"_s))
        options.size = TRY(sizeFrom(parser.value(u"size"_s)));
    if (parser.isSet(u"password-stdin"_s))
        options.password = TRY(passwordFrom(input));
    return options;
}
