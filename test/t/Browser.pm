# A headless Chromium at the other end of a pipe, which speaks its DevTools protocol:
# one JSON object after the other, each followed by a zero byte.  No more than Perl and
# Debian's package "chromium" is needed for it.
package Browser;

use strict;
use warnings FATAL => 'all';

use Encode qw(decode_utf8 encode_utf8);
use JSON::PP;
use MIME::Base64;
use POSIX ();

# The program, or undef where there is none.
sub program
{
	foreach my $name ($ENV{ENGAGEMENT_CHROMIUM} // (), qw(chromium chromium-browser google-chrome))
	{
		my ($path) = grep { -x } map { "$_/$name" } ($name =~ m{^/} ? '' : split /:/, $ENV{PATH});
		return $path if $path;
	}
	return;
}

# new(folder): starts it, with its profile in that folder.  It has no network at all: what
# is not a file goes to a proxy that is not there.
sub new
{
	my ($class, $folder) = @_;
	pipe(my $their_in, my $out) or die "pipe: $!";
	pipe(my $in, my $their_out) or die "pipe: $!";
	my $pid = fork // die "fork: $!";
	if (!$pid)
	{
		setpgrp;
		local $ENV{HOME} = $folder;
		open STDERR, '>', "$folder/chromium.log";
		# Its ends must be 3 and 4; they may lie on each other's place.
		my ($read, $write) = (POSIX::dup2(fileno $their_in, 20), POSIX::dup2(fileno $their_out, 21));
		POSIX::dup2($read, 3);
		POSIX::dup2($write, 4);
		exec program(), '--headless', '--remote-debugging-pipe', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run',
		  '--hide-scrollbars', '--force-color-profile=srgb', '--proxy-server=127.0.0.1:9', "--user-data-dir=$folder/profile", 'about:blank';
	}
	close $their_in;
	close $their_out;
	binmode $_ foreach $in, $out;
	$out->autoflush;
	my $self = bless { pid => $pid, in => $in, out => $out, buffer => '', number => 0, events => [] }, $class;
	my $target = $self->call('Target.createTarget', { url => 'about:blank' })->{targetId};
	$self->{session} = $self->call('Target.attachToTarget', { targetId => $target, flatten => JSON::PP::true })->{sessionId};
	$self->call("$_.enable") foreach qw(Page Runtime Network Log);
	return $self;
}

# The next message; dies where none comes within a minute.
sub message
{
	my ($self) = @_;
	my $end;
	while (($end = index $self->{buffer}, "\0") < 0)
	{
		my $ready = '';
		vec($ready, fileno $self->{in}, 1) = 1;
		select($ready, undef, undef, 60) > 0 or die 'the browser does not answer';
		sysread($self->{in}, $self->{buffer}, 1 << 16, length $self->{buffer}) or die 'the browser is gone';
	}
	return decode_json(substr substr($self->{buffer}, 0, $end + 1, ''), 0, $end);
}

# call(method, parameters): its result.  What the browser reports meanwhile is kept.
sub call
{
	my ($self, $method, $parameters) = @_;
	my $id = ++$self->{number};
	my %call = (id => $id, method => $method, params => $parameters // {});
	$call{sessionId} = $self->{session} if $self->{session};
	print { $self->{out} } encode_json(\%call), "\0";
	while (1)
	{
		my $message = $self->message;
		if (($message->{id} // 0) == $id)
		{
			die "$method: $message->{error}{message}" if $message->{error};
			return $message->{result};
		}
		push @{ $self->{events} }, $message if $message->{method};
	}
}

# Waits for an event, and returns what has come until then.
sub wait_for
{
	my ($self, $method) = @_;
	while (!grep { $_->{method} eq $method } @{ $self->{events} })
	{
		my $message = $self->message;
		push @{ $self->{events} }, $message if $message->{method};
	}
	return;
}

# view(width, scheme): how wide the page is, in pixels, and "light" or "dark".
sub view
{
	my ($self, $width, $scheme, $height) = @_;
	$self->call('Emulation.setDeviceMetricsOverride',
		{ width => $width, height => $height // 900, deviceScaleFactor => 1, mobile => JSON::PP::false });
	$self->call('Emulation.setEmulatedMedia', { features => [ { name => 'prefers-color-scheme', value => $scheme } ] });
	return;
}

# open(file): loads it.  Returns the addresses that it asked for, and what was reported as
# an error or a warning.
sub open_file
{
	my ($self, $file) = @_;
	$self->{events} = [];
	$self->call('Page.navigate', { url => "file://$file" });
	$self->wait_for('Page.loadEventFired');
	$self->call('Runtime.evaluate', { expression => 'new Promise(r => setTimeout(r, 200))', awaitPromise => JSON::PP::true });
	my @requests = map { $_->{params}{request}{url} } grep { $_->{method} eq 'Network.requestWillBeSent' } @{ $self->{events} };
	my @problems = map { $_->{params}{entry}{text} // $_->{params}{exceptionDetails}{text} // encode_json($_->{params}{args}) }
	  grep { $_->{method} =~ /^(?:Log\.entryAdded|Runtime\.(?:exceptionThrown|consoleAPICalled))$/ } @{ $self->{events} };
	return (\@requests, \@problems);
}

# evaluate(script): the value of an expression of JavaScript, or of its promise.
sub evaluate
{
	my ($self, $script) = @_;
	my $result = $self->call('Runtime.evaluate',
		{ expression => $script, awaitPromise => JSON::PP::true, returnByValue => JSON::PP::true });
	die "$result->{exceptionDetails}{text} $result->{exceptionDetails}{exception}{description}" if $result->{exceptionDetails};
	return $result->{result}{value};
}

# screenshot(file [, height]): the page, or its upper part, as a PNG
sub screenshot
{
	my ($self, $file, $height) = @_;
	my $size = $self->evaluate('({width: innerWidth, height: document.documentElement.scrollHeight})');
	my $clip = { x => 0, y => 0, width => $size->{width}, height => 0 + ($height // $size->{height}), scale => 1 };
	my $png = $self->call('Page.captureScreenshot', { format => 'png', clip => $clip, captureBeyondViewport => JSON::PP::true })->{data};
	open my $out, '>:raw', $file or die "$file: $!";
	print $out decode_base64($png);
	close $out;
	return;
}

sub stop
{
	my ($self) = @_;
	eval { delete $self->{session}; $self->call('Browser.close') };
	waitpid $self->{pid}, 0;
	return;
}

1;
