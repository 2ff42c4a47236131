#include "admin-client/admin_app.h"

using namespace Qt::StringLiterals;

AppIdentity AdminApp::identity()
{
    return { u"sysops-admin"_s, u"Sysops Squad Admin"_s, api::Role::admin, tr("administrators") };
}

AdminApp::AdminApp(Desktop &desktop)
    : m_desk(desktop)
{
}
