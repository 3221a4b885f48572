# test/bench/lifetime.R - the BG/NBD fit in R, for a comparison with bgnbd_fit().
#
#     psql -Atc "COPY (SELECT x, t_x, t FROM histories) TO STDOUT CSV" | Rscript test/bench/lifetime.R
#
# Needs R alone (Debian: r-base-core).  The likelihood of Fader, Hardie & Lee 2005 over all
# rows, maximised as the package BTYD does, by L-BFGS-B over the logarithms of the
# parameters.  Prints parameters, log-likelihood, and the median processor time of five runs.
customers <- read.csv(file("stdin"), header = FALSE, col.names = c("x", "t_x", "t"))
x <- customers$x
t_x <- customers$t_x
t <- customers$t

minus_log_likelihood <- function(logs) {
    r <- exp(logs[1]); alpha <- exp(logs[2]); a <- exp(logs[3]); b <- exp(logs[4])
    active <- -(r + x) * log(alpha + t)
    stopped <- ifelse(x > 0, log(a) - log(b + pmax(x, 1) - 1) - (r + x) * log(alpha + t_x), -Inf)
    larger <- pmax(active, stopped)
    -sum(lgamma(r + x) - lgamma(r) + r * log(alpha) + lbeta(a, b + x) - lbeta(a, b) +
         larger + log(exp(active - larger) + exp(stopped - larger)))
}

seconds <- replicate(5, system.time(fit <<- optim(c(0, 0, 0, 0), minus_log_likelihood, method = "L-BFGS-B"))[["user.self"]])
cat(sprintf("%s %.6f\n", c("r", "alpha", "a", "b", "log_likelihood", "seconds"), c(exp(fit$par), -fit$value, median(seconds))), sep = "")
