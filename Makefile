# engagement: customer-engagement metrics for PostgreSQL
#
#   make                 build                 make install        install
#   make installcheck    test a running server, as PGXS does

EXTENSION    = engagement
EXTVERSION   = $(shell sed -n "s/^default_version = '\(.*\)'/\1/p" engagement.control)
MODULE_big   = engagement
OBJS         = $(patsubst %.c,%.o,$(sort $(wildcard src/*.c)))
PG_CFLAGS    = -Wall -Wextra -Wno-unused-parameter -Wno-sign-compare
# Calls within the module stay within it, whatever names other modules have.
SHLIB_LINK   = $(if $(filter linux,$(PORTNAME)),-Wl$(comma)-Bsymbolic)
comma       := ,
PG_CPPFLAGS  = -DENGAGEMENT_VERSION=\"$(EXTVERSION)\"

# The install script: one file a topic, in the order in which they need each other.
TOPICS       = preamble calendar summable rate survey aov ledger loyalty order_grain distribution estimate service content special btyd rfm \
               cohort funnel session path arm experiment \
               source metric view view_orders view_lifetime view_engagement view_journeys table expression discover build attach view_funnel \
               preset kpi kpi_monthly order_ledgers fit doctor specification selftest snapshot alert schedule \
               display_width locale label report report_text report_html
INSTALL_SQL  = sql/$(EXTENSION)--$(EXTVERSION).sql
DATA         = $(filter-out $(INSTALL_SQL),$(wildcard sql/$(EXTENSION)--*.sql))
DATA_built   = $(INSTALL_SQL)
EXTRA_CLEAN  = $(INSTALL_SQL) results regression.diffs regression.out tmp_check

# "install" creates the extension for all that follow and must come first.
REGRESS      = install $(filter-out install,$(basename $(notdir $(sort $(wildcard test/sql/*.sql)))))
REGRESS_OPTS = --inputdir=test --load-extension=plpgsql
TAP_TESTS    = $(shell perl -MIPC::Run -e 'print 1' 2>/dev/null)
PROVE_TESTS  = test/t/*.pl

PG_CONFIG    = pg_config
PGXS        := $(shell $(PG_CONFIG) --pgxs)
include $(PGXS)

# In ASCII, so that it can be run in a database of any encoding: see label.sql.
$(INSTALL_SQL): $(TOPICS:%=sql/install/%.sql) engagement.control Makefile
	cat $(TOPICS:%=sql/install/%.sql) | perl -CSD -pe 's/([^\x00-\x7f])/sprintf("\\u%04x", ord $$1)/ge' > $@

$(OBJS): $(wildcard src/*.h)

# The install script of a release that is not out yet: see test/released/README.md.
freeze: $(INSTALL_SQL)
	@grep -q '^## $(EXTVERSION) (unreleased)' CHANGELOG.md || { echo '$(EXTVERSION) is released: its install script is never edited again' >&2; exit 1; }
	cp $< test/released/

.PHONY: freeze
