#include <QDirIterator>
#include <QFile>
#include <QRegularExpression>
#include <QTest>

// Who may know whom (DESIGN.md, 4): reads every include of the product and fails on the ones that point the
// wrong way.
namespace {

struct Rule
{
    const char *from; // files this is about
    const char *never; // includes they must not have
    const char *unless; // except these
    const char *why;
};

const Rule rules[] = {
    { "^shared/",
      "^(server|expert-client|manager-client|admin-client|tests)/",
      "",
      "shared knows nobody above it" },
    { "^shared/core/", "^shared/", "^shared/core/", "core knows only std, tl and Qt Core" },
    { "^shared/json/", "^shared/", "^shared/(core|json)/", "json stands on core" },
    { "^shared/api/", "^shared/", "^shared/(core|json|api)/", "the API is plain data" },
    { "^shared/client/", "^shared/ui/", "", "the client library has no widgets" },
    { "^shared/(core|json|api|client)/", "^Q(Widget|Dialog|Label|Application)$", "", "no widgets below ui" },
    { "^(expert|manager|admin)-client/",
      "^server/|^QSql|^QtSql",
      "",
      "clients speak the API and nothing else" },
    { "^expert-client/", "^(manager|admin)-client/", "", "a client never includes another one" },
    { "^manager-client/", "^(expert|admin)-client/", "", "a client never includes another one" },
    { "^admin-client/", "^(expert|manager)-client/", "", "a client never includes another one" },
    { "^server/", "^shared/(client|ui)/|^QtWidgets|^QApplication$", "", "the server is headless" },
    { "^server/(?!http/)", "^boost/beast", "", "only server/http knows the parser" },
    { "^server/db/", "^server/", "^server/db/", "the database layer knows no service" },
    { "^server/events/", "^server/(http|push|services|portal)/", "", "the bus knows no consumer" },
    { "^server/services/[^/]+/[^/]+_service\\.", "^QSql", "", "rules hold no SQL" },
    { "^server/services/[^/]+/(?!(\\w+_)?routes)\\w+\\.(h|cpp)$",
      "^server/http/",
      "^server/http/(caller|cursor|idempotency)\\.h$",
      "only routes know HTTP" },
    { "^server/(?!main|composition|seed/)",
      "^server/composition",
      "",
      "only main and tests use the composition" },
    { "^(?!tests/)", "^tests/", "", "the product does not know its tests" },
};

QStringList sources()
{
    const QDir root(qEnvironmentVariable("SQUAD_SOURCE_DIR"));
    QStringList files;
    for (const char *top : { "shared", "server", "expert-client", "manager-client", "admin-client" }) {
        QDirIterator walk(
            root.filePath(QLatin1String(top)),
            { QStringLiteral("*.h"), QStringLiteral("*.cpp") },
            QDir::Files,
            QDirIterator::Subdirectories
        );
        while (walk.hasNext())
            files.append(root.relativeFilePath(walk.next()));
    }
    return files;
}

QStringList includesOf(const QString &path)
{
    QFile file(QDir(qEnvironmentVariable("SQUAD_SOURCE_DIR")).filePath(path));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    // Not a raw string: moc takes the # in it for a directive.
    static const QRegularExpression include(
        QStringLiteral("^\\s*#include\\s*[\"<]([^\">]+)[\">]"), QRegularExpression::MultilineOption
    );
    QStringList includes;
    for (auto match = include.globalMatch(QString::fromUtf8(file.readAll())); match.hasNext();)
        includes.append(match.next().captured(1));
    return includes;
}

bool matches(const char *pattern, const QString &text)
{
    return *pattern != '\0' && QRegularExpression(QLatin1String(pattern)).match(text).hasMatch();
}

// "ticket" of server/services/ticket/…, else empty.
QString serviceOf(const QString &path)
{
    return path.startsWith(QLatin1String("server/services/")) ? path.section(u'/', 2, 2) : QString();
}

// "job" of expert-client/features/job/…, with its client, else empty.
QString featureOf(const QString &path)
{
    return path.section(u'/', 1, 1) == QLatin1String("features") ? path.section(u'/', 0, 2) : QString();
}

} // namespace

class ImportsTest : public QObject
{
    Q_OBJECT

private slots:
    void thereIsSomethingToRead()
    {
        QVERIFY(sources().size() > 20);
        QVERIFY(!includesOf(QStringLiteral("shared/core/problem.cpp")).isEmpty());
    }

    void importsPointOneWay()
    {
        QStringList breaches;
        for (const QString &file : sources()) {
            for (const QString &include : includesOf(file)) {
                for (const Rule &rule : rules) {
                    if (matches(rule.from, file) && matches(rule.never, include)
                        && !matches(rule.unless, include))
                        breaches += QStringLiteral("%1 includes %2: %3")
                                        .arg(file, include, QLatin1String(rule.why));
                }
            }
        }
        QVERIFY2(breaches.isEmpty(), qPrintable(breaches.join(u'\n')));
    }

    void aServiceUsesOnlyThePublicInterfaceOfAnother()
    {
        QStringList breaches;
        for (const QString &file : sources()) {
            for (const QString &include : includesOf(file)) {
                const QString service = serviceOf(include);
                if (service.isEmpty() || serviceOf(file).isEmpty() || service == serviceOf(file))
                    continue;
                if (include.endsWith(QLatin1String("_store.h"))
                    || include.endsWith(QLatin1String("_routes.h")))
                    breaches += QStringLiteral("%1 reaches into %2").arg(file, include);
            }
        }
        QVERIFY2(breaches.isEmpty(), qPrintable(breaches.join(u'\n')));
    }

    void aFeatureNeverIncludesASibling()
    {
        QStringList breaches;
        for (const QString &file : sources()) {
            for (const QString &include : includesOf(file)) {
                const QString feature = featureOf(include);
                if (!feature.isEmpty() && !featureOf(file).isEmpty() && feature != featureOf(file))
                    breaches += QStringLiteral("%1 includes %2").arg(file, include);
            }
        }
        QVERIFY2(breaches.isEmpty(), qPrintable(breaches.join(u'\n')));
    }
};

QTEST_APPLESS_MAIN(ImportsTest)
#include "imports_test.moc"
