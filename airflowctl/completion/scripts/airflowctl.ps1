# PowerShell completion for airflowctl @VERSION@, as `airflowctl completion powershell` prints it.
# Words, options and choices are in this file; names of the server come from the program's cache on disk.

$script:AirflowctlGlobal = '@GLOBAL@'
$script:AirflowctlGlobalNotes = @(
@GLOBAL_NOTES@
)
# Of the words of a command: w, the words that may follow; o, options with what each takes; a, arguments; n, options
# with what each is about.
$script:AirflowctlData = @{
@DATA@
}

# What an option takes: s nothing, n anything, f a file, l names, c=A,B choices, p ask the program.
function script:Get-AirflowctlOption([string]$Options, [string]$Flag) {
    foreach ($entry in "$Options $script:AirflowctlGlobal".Split(' ')) {
        if ($entry.StartsWith("${Flag}:")) { return $entry.Substring($Flag.Length + 1) -creplace '^h', '' }
    }
}

# A word as PowerShell has to read it.
function script:ConvertTo-AirflowctlWord([string]$Text) {
    if ($Text -cmatch '^[A-Za-z0-9_./:+=-]+$') { return $Text }
    "'" + ($Text -replace "(['\u2018-\u201b])", '$1$1') + "'"
}

function script:New-AirflowctlResult([string]$Text, [string]$Note) {
    $tip = if ($Note) { $Note } else { $Text }
    $word = ConvertTo-AirflowctlWord $Text
    [System.Management.Automation.CompletionResult]::new($word, $Text, 'ParameterValue', $tip)
}

# Rows are a word, a tab and what it is about; those that begin with the word at the cursor are answered.
function script:Select-AirflowctlRow([string[]]$Rows, [string]$Begin) {
    foreach ($row in $Rows) {
        $text, $note = $row.Split("`t", 2)
        if ($text.StartsWith($Begin, [StringComparison]::Ordinal)) { New-AirflowctlResult $text $note }
    }
}

# The answer of the program; of a script in the current folder none.
function script:Request-AirflowctlAnswer([string]$Program, [string[]]$Words) {
    $command = Get-Command -Name $Program -CommandType Application -ErrorAction Ignore | Select-Object -First 1
    if (-not $command) { return }
    # Windows PowerShell drops an empty argument.
    if ($PSVersionTable.PSVersion.Major -lt 7) { $Words = $Words | ForEach-Object { if ($_ -eq '') { '""' } else { $_ } } }
    $rows = @(& $command.Source __complete powershell @Words 2>$null)
    if ($rows[0] -ne 'words') { return }
    foreach ($row in $rows[1..($rows.Count)]) {
        if ($row) { $text, $note = $row.Split("`t", 2); New-AirflowctlResult $text $note }
    }
}

# What an option or an argument takes; $true where only the program knows.
function script:Get-AirflowctlValue([string]$Code, [string]$Lead, [string]$Begin) {
    if ($Code.StartsWith('c=')) {
        Select-AirflowctlRow @($Code.Substring(2).Split(',') | ForEach-Object { $Lead + $_ }) ($Lead + $Begin)
    } elseif (-not $Code.StartsWith('n') -and -not $Code.StartsWith('f')) { $true }
}

# What this file knows; $true where only the program knows.
function script:Get-AirflowctlStatic([string[]]$Words) {
    $place = ''; $code = ''; $count = 0
    $data = $script:AirflowctlData['']
    $current = $Words[-1]
    foreach ($word in @($Words | Select-Object -SkipLast 1)) {
        if ($code) { $code = ''; continue }
        if ($word -ceq '--') { return $true }
        if ($word.StartsWith('-')) {
            $code = Get-AirflowctlOption $data.o ($word.Split('=', 2)[0])
            if (-not $code -or $code -ceq 'p') { return $true }
            if ($code -ceq 's' -or $word.Contains('=')) { $code = '' }
        } elseif ($count -eq 0 -and $script:AirflowctlData["$place $word".Trim()]) {
            $place = "$place $word".Trim()
            $data = $script:AirflowctlData[$place]
        } elseif ($data.a) { $count++ } else { return $true }
    }
    if ($code) { return Get-AirflowctlValue $code '' $current }
    $flags = @($data.n) + $script:AirflowctlGlobalNotes
    if ($current -clike '--*=*') {
        $flag, $value = $current.Split('=', 2)
        $code = Get-AirflowctlOption $data.o $flag
        if (-not $code) { return $true }
        return Get-AirflowctlValue $code "$flag=" $value
    }
    if ($current.StartsWith('-')) { return Select-AirflowctlRow $flags $current }
    if ($data.w -and $count -eq 0) {
        if ($data.a) { return $true }
        return Select-AirflowctlRow $data.w $current
    }
    foreach ($argument in @($data.a)) {
        if ($count -eq 0 -or $argument.EndsWith('+')) { return Get-AirflowctlValue $argument.TrimEnd('+') '' $current }
        $count--
    }
    if (-not $current) { Select-AirflowctlRow $flags '' }
}

Register-ArgumentCompleter -Native -CommandName @('airflowctl', 'airflowctl-shell') -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $elements = @($commandAst.CommandElements | Where-Object { $_.Extent.StartOffset -lt $cursorPosition })
    # Only words whose text stands in the line: nothing of it is run to find out what it is.
    $words = @(foreach ($element in ($elements | Select-Object -Skip 1)) {
        if ($element -is [System.Management.Automation.Language.StringConstantExpressionAst]) { $element.Value }
        else { $element.Extent.Text }
    })
    if (-not $elements -or $elements[-1].Extent.EndOffset -lt $cursorPosition) { $words += '' }
    elseif ($words.Count) { $words[-1] = $wordToComplete.Trim("'`"") }
    $answer = @(Get-AirflowctlStatic $words)
    if ($answer.Count -eq 1 -and $answer[0] -eq $true) {
        Request-AirflowctlAnswer ([IO.Path]::GetFileName($elements[0].Extent.Text.Trim("'`""))) $words
    } else { $answer }
}
