#include "manager-client/manager_app.h"

using namespace Qt::StringLiterals;

AppIdentity ManagerApp::identity()
{
    return { u"sysops-manager"_s, u"Sysops Squad Manager"_s, api::staff, tr("managers") };
}

ManagerApp::ManagerApp(Desktop &desktop)
    : m_desk(desktop)
{
}
