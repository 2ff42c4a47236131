#include "tests/server/pdf/pdf_text.h"

#include <QProcess>
#include <QTemporaryFile>

using namespace Qt::StringLiterals;

QString pdfText(const QByteArray &pdf)
{
    QTemporaryFile file;
    if (!file.open() || file.write(pdf) != pdf.size() || !file.flush())
        qFatal("no temporary file");
    QProcess reader;
    reader.start(u"pdftotext"_s, { u"-layout"_s, u"-enc"_s, u"UTF-8"_s, file.fileName(), u"-"_s });
    if (!reader.waitForFinished() || reader.exitCode() != 0)
        qFatal("pdftotext: %s", reader.readAllStandardError().constData());
    return QString::fromUtf8(reader.readAllStandardOutput());
}
