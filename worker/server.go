package worker

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/hibiken/asynq"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"

	"github.com/guanxi-crm/guanxi/auth"
	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/plugins"
	"github.com/guanxi-crm/guanxi/plugins/email"
	"github.com/guanxi-crm/guanxi/tenant"
	"github.com/guanxi-crm/guanxi/tenant/files"
)

// Config is what a worker is made of.
type Config struct {
	// Tenants, Redis, Auth and Connectors are required. Redis may be away when the worker starts and at any
	// time later: work waits.
	Tenants    *tenant.Directory
	Redis      redis.UniversalClient
	Auth       *auth.Service
	Connectors plugins.Connectors
	// Files is where attached files are kept; nil means that there are none.
	Files *files.Store
	// Billing has its hourly chores done; nil means none.
	Billing *billing.Service
	// Queues are the queues to serve; none means all. See [Queues].
	Queues []string
	// Outbound says where deliveries may go.
	Outbound plugins.OutboundConfig
	// PublicURL is where people reach the product, for links in messages, without a slash at its end.
	PublicURL string
	// Mail is the installation's mail server; without one only companies with their own send mail.
	Mail email.Server
	// Log and Registry may be nil.
	Log      *slog.Logger
	Registry prometheus.Registerer
	// StopWithin is how long work under way may take to finish when the worker stops; 0 means 10 s. What is
	// not done by then is handed out again.
	StopWithin time.Duration
}

// Worker relays, dispatches and works. Several may run at once, in one process or in many.
type Worker struct {
	cfg      Config
	log      *slog.Logger
	metrics  *metrics
	holder   string
	queue    *queue
	outbound *plugins.Outbound
	lanes    *lanes
	table    map[string]handler
	// turn is how long long work goes on before it makes way.
	turn time.Duration

	heldMu sync.Mutex
	held   map[string]bool

	loads   *together[plugins.DeliveryID, *plugins.Outgoing]
	records *together[plugins.Attempted, struct{}]
}

// New returns a worker that does nothing yet. It returns an error for a queue that does not exist and for a
// mail sender that is no address.
func New(cfg Config) (*Worker, error) {
	for _, name := range cfg.Queues {
		if !slices.Contains(Queues(), name) {
			return nil, fmt.Errorf("queue %q does not exist; choose from %s", name, strings.Join(Queues(), ", "))
		}
	}
	if len(cfg.Queues) == 0 {
		cfg.Queues = Queues()
	}
	if err := cfg.Mail.Check(); err != nil {
		return nil, err
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Registry == nil {
		cfg.Registry = prometheus.NewRegistry()
	}
	if cfg.StopWithin == 0 {
		cfg.StopWithin = 10 * time.Second
	}
	w := &Worker{
		cfg: cfg, log: cfg.Log, metrics: newMetrics(cfg.Registry), holder: holderName(),
		queue: newQueue(cfg.Redis, cfg.Log), outbound: plugins.NewOutbound(cfg.Outbound),
		lanes: newLanes(concurrency["webhooks"]), turn: fairTurn, held: map[string]bool{},
	}
	w.loads, w.records = newTogether(w.loadEvents), newTogether(w.recordPlain)
	w.table = w.handlers()
	return w, nil
}

// Run works until ctx ends and then stops gracefully: nothing new is begun, what is under way may finish
// within Config.StopWithin, and the leases are given up.
func (w *Worker) Run(ctx context.Context) error {
	// What is under way outlives ctx by the time it may take to finish.
	base, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	servers := make([]*asynq.Server, len(w.cfg.Queues))
	for i, name := range w.cfg.Queues {
		servers[i] = w.server(base, name)
		if err := servers[i].Start(asynq.HandlerFunc(w.process)); err != nil {
			shutdown(servers[:i])
			return fmt.Errorf("queue %s: %w", name, err)
		}
	}
	w.log.InfoContext(ctx, "worker started", slog.String("queues", strings.Join(w.cfg.Queues, ",")), slog.String("holder", w.holder))
	var rounds sync.WaitGroup
	rounds.Go(func() { w.everyCluster(ctx, w.relayRound()) })
	rounds.Go(func() { w.everyCluster(ctx, w.dispatchRound()) })
	rounds.Go(func() { w.platformChores(ctx) })
	<-ctx.Done()
	rounds.Wait()
	shutdown(servers)
	w.log.InfoContext(base, "worker stopped")
	return nil
}

// server returns the asynq server of one queue. Each queue has its own, so that work of one sort, however
// slow, takes no place from another.
func (w *Worker) server(base context.Context, queue string) *asynq.Server {
	return asynq.NewServerFromRedisClient(w.cfg.Redis, asynq.Config{
		Queues:            map[string]int{queue: 1},
		Concurrency:       concurrency[queue],
		TaskCheckInterval: 50 * time.Millisecond,
		ShutdownTimeout:   w.cfg.StopWithin,
		BaseContext:       func() context.Context { return base },
		Logger:            asynqLog{w.log.With(slog.String("queue", queue))},
		LogLevel:          asynq.InfoLevel,
	})
}

func shutdown(servers []*asynq.Server) {
	var wg sync.WaitGroup
	for _, s := range servers {
		wg.Go(s.Shutdown)
	}
	wg.Wait()
}
