package api

import (
	"context"
	"net/http"

	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/plugins"
	"github.com/guanxi-crm/guanxi/rbac"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (s *Server) pluginRoutes(r *routes) {
	p := rbac.Plugin
	register(r, get("/plugins/catalogue", "List what can be connected", describe("Each connector with the settings it takes.")),
		p.Read, billing.Free, s.listConnectors)
	register(r, get("/plugins", "List plugins"), p.Read, billing.Free, s.listPlugins)
	register(r, post("/plugins", "Connect a bot", alsoAnswers(http.StatusPaymentRequired), describe("Secrets in the settings are never shown again.")), p.Create, billing.Free, s.createPlugin)
	register(r, get("/plugins/{id}", "Get a plugin"), p.Read, billing.Free, s.getPlugin)
	register(r, patchOp("/plugins/{id}", "Change a plugin"), p.Update, billing.Free, s.updatePlugin)
	register(r, del("/plugins/{id}", "Disconnect a plugin", describe("What was still to be sent to it is cancelled.")), p.Delete, billing.Free, s.deletePlugin)
	register(r, post("/plugins/{id}/test", "Send a test message", answers(http.StatusAccepted),
		describe("Read the delivery to see what came of it.")), p.Update, billing.Free, s.testPlugin)
}

func (s *Server) listConnectors(context.Context, *struct{}) (*all[plugins.Description], error) {
	return allOf(s.cfg.Connectors.Catalogue()), nil
}

// PluginPath names a bot in the path.
// PluginPath names a plugin in the path.
type PluginPath struct {
	ID plugins.InstallID `path:"id" doc:"The plugin's id." example:"plg_01h455vb4pex5vsknk084sn02q"`
}

func (s *Server) listPlugins(ctx context.Context, _ *struct{}) (*all[plugins.Install], error) {
	return read(ctx, s, func(q *tenant.Query) (*all[plugins.Install], error) {
		installs, err := plugins.ListInstalls(ctx, q, s.cfg.Connectors)
		return allOf(installs), err
	})
}

type createPluginInput struct{ Body plugins.NewInstall }

func (s *Server) createPlugin(ctx context.Context, in *createPluginInput) (*created[plugins.Install], error) {
	return inTx(ctx, s, func(tx *tenant.Tx) (*created[plugins.Install], error) {
		i, err := plugins.CreateInstall(ctx, tx, in.Body, s.pluginRules())
		return &created[plugins.Install]{"/v1/plugins/" + i.ID.String(), etag(i.Version), i}, err
	})
}

func (s *Server) getPlugin(ctx context.Context, in *PluginPath) (*item[plugins.Install], error) {
	return read(ctx, s, func(q *tenant.Query) (*item[plugins.Install], error) {
		i, err := plugins.GetInstall(ctx, q, in.ID, s.cfg.Connectors)
		return &item[plugins.Install]{etag(i.Version), i}, err
	})
}

type updatePluginInput struct {
	PluginPath
	IfMatch
	Body plugins.InstallPatch
}

func (s *Server) updatePlugin(ctx context.Context, in *updatePluginInput) (*item[plugins.Install], error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	return inTx(ctx, s, func(tx *tenant.Tx) (*item[plugins.Install], error) {
		i, err := plugins.UpdateInstall(ctx, tx, in.ID, in.Body, s.pluginRules(), version)
		return &item[plugins.Install]{etag(i.Version), i}, err
	})
}

type deletePluginInput struct {
	PluginPath
	IfMatch
}

func (s *Server) deletePlugin(ctx context.Context, in *deletePluginInput) (*nothing, error) {
	version, err := in.version()
	if err != nil {
		return nil, err
	}
	return inTx(ctx, s, func(tx *tenant.Tx) (*nothing, error) {
		return &nothing{}, plugins.DeleteInstall(ctx, tx, in.ID, version, s.cfg.Connectors)
	})
}

func (s *Server) testPlugin(ctx context.Context, in *PluginPath) (*accepted[plugins.DeliveryRecord], error) {
	return inTx(ctx, s, func(tx *tenant.Tx) (*accepted[plugins.DeliveryRecord], error) {
		d, err := plugins.TestInstall(ctx, tx, in.ID)
		return &accepted[plugins.DeliveryRecord]{"/v1/deliveries/" + d.ID.String(), d}, err
	})
}
